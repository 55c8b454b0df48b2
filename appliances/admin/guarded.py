"""Forms of what may ask besides: the person's password, and the installer code of a home that has one."""

from functools import cached_property
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from appliances.admin import asking
from appliances.admin.through_services import ServiceForm
from appliances.services import installer
from appliances.services.confirming import ConfirmFirst
from appliances.services.installer import InstallerCodeNeeded
from appliances.services.outcome import Refused
from appliances.services.throttle import Throttled

FIELDS = (asking.PASSWORD, asking.CODE)


class GuardedForm(ServiceForm):
    """What its use case asks for besides stands in fields of its own, and is no part of what is wanted."""

    confirm_password = forms.CharField(
        label=_("Your password"),
        strip=False,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        help_text=_("Before a limit is raised and before people get another role, unless you gave it a moment ago."),
    )
    given_code = forms.CharField(
        label=_("Installer code"),
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=_("Where the home has one: before a limit is raised and before circuits are changed."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in FIELDS:
            self.fields[name].show_hidden_initial = False

    @cached_property
    def changed_data(self) -> list[str]:
        return [name for name in super().changed_data if name not in FIELDS]

    def wanted(self) -> dict[str, Any]:
        return {name: value for name, value in super().wanted().items() if name not in FIELDS}

    def field_of(self, why: Exception) -> str | None:
        match why:
            case ConfirmFirst():
                return asking.PASSWORD
            case InstallerCodeNeeded() | Throttled():
                return asking.CODE
            case Refused() if installer.is_wrong_code(why):
                return asking.CODE
        return None

    def sentence(self, why: Exception) -> str:
        return self.problem or super().sentence(why) if isinstance(why, ConfirmFirst) else super().sentence(why)


def fieldset(*names: str) -> tuple[Any, dict[str, Any]]:
    """The part of a page where these fields stand."""
    return _("Asked for what needs it"), {"fields": names}
