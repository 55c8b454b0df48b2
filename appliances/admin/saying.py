"""What the services say no with, as one sentence for a form, a message or a page."""

from django.db.models import Model
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from appliances.interlock.guard import InterlockMissing
from appliances.presentation import wording
from appliances.services.cleaning import InUse, Invalid
from appliances.services.confirming import ConfirmFirst
from appliances.services.installer import InstallerCodeNeeded
from appliances.services.membership import LastOwner
from appliances.services.outcome import Busy, Missing, Refused
from appliances.services.throttle import Throttled

NAMED = (
    Refused,
    Invalid,
    InUse,
    Busy,
    Missing,
    InterlockMissing,
    ConfirmFirst,
    InstallerCodeNeeded,
    Throttled,
    LastOwner,
)
"""Everything a use case may say no with. Nothing else is caught: a bug stays a bug."""


def sentence(why: Exception) -> str:
    match why:
        case Refused():
            return " ".join(wording.refusal(why.decision))
        case Invalid():
            return " ".join(text for texts in why.errors.values() for text in texts)
        case ConfirmFirst():
            link = format_html('<a href="{}?next=/admin/">{}</a>', reverse("account_reauthenticate"), _("Confirm now"))
            return format_html("{} {}", str(why), link)
    return str(why)


def about(row: Model, why: Exception) -> str:
    """The sentence and whom it is about; a refusal names it by itself."""
    match why:
        case Refused():
            return sentence(why)
        case ConfirmFirst():
            return format_html("{}: {}", row, sentence(why))
        case InstallerCodeNeeded():
            return f"{row}: {sentence(why)} " + _("Its own page has a field for it.")
    return f"{row}: {sentence(why)}"
