"""What the pages ask for. The services judge it; a form only carries it there and the answer back."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from appliances.models import Appliance, Circuit, Home
from appliances.models.decision import Decision
from appliances.presentation import wording
from appliances.services import appliance, presets
from appliances.services.cleaning import Invalid
from appliances.web.durations import DurationField

RENAMED = {"circuit_id": "circuit", "parent_id": "parent"}
"""What the services call by its column, the forms call by its row."""


class CarryingForm(forms.Form):
    """A form that can say what a service said."""

    def wanted(self) -> dict[str, Any]:
        """The cleaned values by the services' names: rows as their ids."""
        names = {form: service for service, form in RENAMED.items()}
        return {
            names.get(name, name): value.pk if isinstance(value, Circuit) else value
            for name, value in self.cleaned_data.items()
            if name in self.fields
        }

    def say_invalid(self, why: Invalid) -> None:
        for name, texts in why.errors.items():
            field = RENAMED.get(name, name)
            self.add_error(field if field in self.fields else None, texts)

    def say_refused(self, row: Decision) -> None:
        self.add_error(None, " ".join(wording.refusal(row)))


def watts(label: Any, **options: Any) -> forms.DecimalField:
    field = forms.DecimalField(label=label, min_value=Decimal(0), decimal_places=3, max_digits=12, **options)
    field.widget.attrs |= {"inputmode": "decimal", "step": "any"}
    return field


class RulesForm(CarryingForm):
    """What VoltSafe may do to an appliance by itself."""

    may_be_shed = forms.BooleanField(
        label=_("May be switched off"),
        required=False,
        help_text=_("When a limit falls below what is on. Otherwise never."),
    )
    may_be_interrupted = forms.BooleanField(
        label=_("May be interrupted"), required=False, help_text=_("No for what runs a cycle, like a washing machine.")
    )
    returns_by_itself = forms.BooleanField(
        label=_("Comes back by itself"),
        required=False,
        help_text=_("After that, when there is room. Not for an iron or a hair dryer."),
    )
    min_on_seconds = DurationField(label=_("On for at least"), empty=0, help_text=_("Like 3 min."))
    min_off_seconds = DurationField(label=_("Off for at least"), empty=0, help_text=_("A compressor: 3 min."))
    max_on_seconds = DurationField(label=_("Off by itself after"), empty=None, help_text=_("Empty: never."))

    def rules(self) -> list[Any]:
        """The fields of the fieldset, for its template."""
        return [self[name] for name in appliance.RULES]


class ApplianceForm(RulesForm):
    name = forms.CharField(label=_("Name"), max_length=80)
    rated = watts(_("Rated power (W)"), help_text=_("The most it may draw; it is on the type plate."))
    circuit = forms.ModelChoiceField(Circuit.objects.none(), label=_("Circuit"), empty_label=None)
    kind = forms.ChoiceField(label=_("Kind"), choices=Appliance._meta.get_field("kind").choices or (), initial="other")
    note = forms.CharField(label=_("Note"), max_length=200, required=False)

    def __init__(self, *args: Any, home: Home, rules_url: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["circuit"].queryset = Circuit.objects.filter(home=home).order_by("id")  # type: ignore[attr-defined]
        if rules_url:
            swap = {"hx-trigger": "change", "hx-target": "#rules", "hx-select": "#rules", "hx-swap": "outerHTML"}
            self.fields["kind"].widget.attrs |= {"hx-get": rules_url, **swap}

    def plain(self) -> list[Any]:
        """The fields before the rules."""
        return [one for one in self.visible_fields() if one.name not in appliance.RULES]

    def wanted(self) -> dict[str, Any]:
        """Rules nobody touched, filled in for another kind than was chosen in the end, give way to that kind's."""
        given = super().wanted()
        filled_for = str(self.data.get("rules_of", ""))
        presets_then = presets.of(filled_for).fields()
        if (
            filled_for
            and filled_for != given["kind"]
            and all(given[name] == presets_then[name] for name in presets_then)
        ):
            return given | presets.of(given["kind"]).fields()
        return given


class CircuitForm(CarryingForm):
    name = forms.CharField(label=_("Name"), max_length=80)
    limit = watts(
        _("Limit (W)"), help_text=_("What its breaker carries: amperes times volts. 16 A at 230 V is 3680 W.")
    )
    parent = forms.ModelChoiceField(Circuit.objects.none(), label=_("Fed from"), empty_label=None)

    def __init__(self, *args: Any, home: Home, circuit: Circuit | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if circuit is not None and circuit.parent_id is None:
            del self.fields["parent"]
            return
        others = Circuit.objects.filter(home=home).order_by("id")
        self.fields["parent"].queryset = others.exclude(pk=circuit.pk) if circuit else others  # type: ignore[attr-defined]


class HomeForm(CarryingForm):
    name = forms.CharField(label=_("Name"), max_length=80)
    limit = watts(_("Limit of the supply (W)"), initial=5000)
    warning_percent = forms.IntegerField(label=_("Warning from (%)"), min_value=1, max_value=99, initial=80)
    critical_percent = forms.IntegerField(label=_("Critical from (%)"), min_value=2, max_value=100, initial=95)
    nominal_voltage = forms.IntegerField(label=_("Nominal voltage (V)"), min_value=50, max_value=1000, initial=230)
    timezone = forms.CharField(label=_("Time zone"), initial="UTC", help_text=_("For example Europe/Berlin."))


class WelcomeForm(CarryingForm):
    setup_code = forms.CharField(
        label=_("Setup code"), help_text=_("It stands in the terminal where VoltSafe was started.")
    )
    username = forms.CharField(label=_("Your name"), max_length=150)
    password1 = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 12 characters."),
    )
    password2 = forms.CharField(
        label=_("Password again"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )
    home_name = forms.CharField(label=_("Name of the home"), max_length=80, initial=_("Home"))
    limit_mode = forms.ChoiceField(
        label=_("The supply is given in"),
        choices=[("watts", _("Watts")), ("amps", _("Amperes and volts"))],
        widget=forms.RadioSelect,
        initial="watts",
    )
    limit_watts = watts(_("Watts"), initial=5000, required=False)
    amps = forms.DecimalField(label=_("Amperes"), min_value=1, max_value=10000, decimal_places=2, required=False)
    volts = forms.DecimalField(
        label=_("Volts"), min_value=50, max_value=1000, decimal_places=2, required=False, initial=230
    )
    sample_home = forms.BooleanField(
        label=_("Furnish it with the sample flat"),
        required=False,
        initial=True,
        help_text=_("Fourteen appliances on four circuits, to try things out. You can remove any of it."),
    )

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        if values.get("password1") != values.get("password2"):
            self.add_error("password2", _("The two passwords differ."))
        needed = ["limit_watts"] if values.get("limit_mode") == "watts" else ["amps", "volts"]
        for name in needed:
            if values.get(name) is None and name not in self.errors:
                self.add_error(name, _("Give a number."))
        return values
