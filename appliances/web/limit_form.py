"""The form of a temporary limit: how low, from when, until when; times are by the clock on the home's wall."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from appliances.models import Circuit, Home
from appliances.models.temporary_limit import Source
from appliances.web.forms import CarryingForm, watts

NOW, LATER, UNTIL = "now", "later", "until"
LASTS = [
    ("60", _("1 hour")),
    ("120", _("2 hours")),
    ("240", _("4 hours")),
    ("480", _("8 hours")),
    (UNTIL, _("Until …")),
]


def moment(label: Any) -> forms.DateTimeField:
    picker = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    formats = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]
    return forms.DateTimeField(label=label, required=False, widget=picker, input_formats=formats)


class LimitForm(CarryingForm):
    circuit = forms.ModelChoiceField(Circuit.objects.none(), label=_("Circuit"), empty_label=None)
    limit = watts(_("Limit (W)"), help_text=_("No more than this, whatever its own limit is."))
    begins = forms.ChoiceField(
        label=_("From"), choices=[(NOW, _("Now")), (LATER, _("Later …"))], widget=forms.RadioSelect, initial=NOW
    )
    starts_at = moment(_("Starts at"))
    lasts = forms.ChoiceField(label=_("For"), choices=LASTS, widget=forms.RadioSelect, initial="120")
    ends_at = moment(_("Ends at"))
    source = forms.ChoiceField(label=_("Because of"), choices=Source.choices, initial=Source.PERSON)
    reason = forms.CharField(label=_("Reason"), max_length=120, required=False)

    def __init__(self, *args: Any, home: Home, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["circuit"].queryset = Circuit.objects.filter(home=home).order_by("id")  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        needed = [("begins", LATER, "starts_at"), ("lasts", UNTIL, "ends_at")]
        for choice, custom, name in needed:
            if values.get(choice) == custom and values.get(name) is None and name not in self.errors:
                self.add_error(name, _("Say when."))
        return values

    def of(self, now: datetime) -> dict[str, Any]:
        """What `limits.add` wants."""
        given = self.cleaned_data
        starts_at = now if given["begins"] == NOW else given["starts_at"]
        lasts = given["lasts"]
        ends_at = given["ends_at"] if lasts == UNTIL else starts_at + timedelta(minutes=int(lasts))
        return {
            "circuit_id": given["circuit"].pk,
            "limit": given["limit"],
            "starts_at": starts_at,
            "ends_at": ends_at,
            "source": given["source"],
            "reason": given["reason"],
        }
