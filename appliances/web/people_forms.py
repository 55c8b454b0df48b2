"""What the pages about people ask for; a form only carries it to a service and the answer back."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from appliances.models import User
from appliances.models.membership import Role
from appliances.presentation import people
from appliances.services import installer
from appliances.services.cleaning import Invalid
from appliances.web.forms import CarryingForm

LASTS = [("1", _("1 day")), ("7", _("7 days")), ("30", _("30 days"))]


def role_field() -> forms.ChoiceField:
    def choices() -> list[tuple[str, str]]:
        return [(one.value, f"{one.name}: {one.text}") for one in people.roles()]

    return forms.ChoiceField(label=_("Role"), choices=choices, widget=forms.RadioSelect, initial=Role.GUEST)


def new_password(label: Any, **options: Any) -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": "new-password"})
    return forms.CharField(label=label, strip=False, widget=widget, **options)


class InviteForm(CarryingForm):
    name = forms.CharField(label=_("For whom"), max_length=80, help_text=_("So that you know whose link it is."))
    role = role_field()
    lasts = forms.TypedChoiceField(
        label=_("The link holds for"),
        choices=LASTS,
        coerce=lambda days: timedelta(days=int(days)),
        widget=forms.RadioSelect,
        initial="7",
    )


class RoleForm(CarryingForm):
    role = role_field()


class InstallerCodeForm(CarryingForm):
    code = forms.CharField(
        label=_("New installer code"),
        min_length=installer.SHORTEST,
        max_length=installer.LONGEST,
        help_text=_("At least %d characters. Whoever installs here is told it.") % installer.SHORTEST,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "off"}),
    )


class JoinForm(CarryingForm):
    """An account for whoever was invited."""

    username = forms.CharField(
        label=_("Your name"),
        max_length=User._meta.get_field("username").max_length,
        help_text=_("You sign in with it. Letters, digits and @ . + - _ only."),
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "off", "spellcheck": "false"}),
    )
    password1 = new_password(_("Password"), help_text=_("At least 12 characters."))
    password2 = new_password(_("Password again"))

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        if values.get("password1") and values.get("password2") and values["password1"] != values["password2"]:
            self.add_error("password2", _("The two passwords differ."))
        return values

    def say_invalid(self, why: Invalid) -> None:
        names = {"password": "password1"}
        super().say_invalid(Invalid({names.get(name, name): texts for name, texts in why.errors.items()}))
