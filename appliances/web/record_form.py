"""What somebody looks for in the record: a form that is sent by GET, so that what was found has an address."""

from typing import Any

from django import forms
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from appliances.models.decision import Outcome
from appliances.services.cleaning import Invalid
from appliances.services.record import LONGEST_TEXT, Kind, LookedFor


class Day(forms.DateField):
    def __init__(self, label: Any) -> None:
        picker = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        super().__init__(
            label=label,
            required=False,
            widget=picker,
            input_formats=["%Y-%m-%d"],
            error_messages={"invalid": _("There is no such day. Give one like 2026-11-30.")},
        )


class Choice(forms.ChoiceField):
    def __init__(self, label: Any, choices: list[tuple[str, Any]]) -> None:
        unknown = {"invalid_choice": _("There is no \u201c%(value)s\u201d to choose here.")}
        super().__init__(label=label, choices=choices, required=False, error_messages=unknown)
        self.words = dict(choices)


class RecordForm(forms.Form):
    kind = Choice(_("About"), [("", _("Everything")), *Kind.choices])
    outcome = Choice(
        _("Outcome"),
        [
            ("", _("Any")),
            (Outcome.GRANTED, _("Granted")),
            (Outcome.REFUSED, _("Refused")),
            (Outcome.OBSERVED, _("Only observed")),
        ],
    )
    since = Day(_("From"))
    until = Day(_("Until"))
    who = forms.CharField(label=_("By whom"), max_length=LONGEST_TEXT, required=False)
    text = forms.CharField(label=_("With the text"), max_length=LONGEST_TEXT, required=False)

    def __init__(self, given: Any) -> None:
        super().__init__(given)
        self.fields["who"].widget.attrs |= {"list": "record-people", "autocomplete": "off"}
        self.fields["text"].widget.attrs |= {"autocomplete": "off"}

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        try:
            LookedFor(**values).check()
        except Invalid as why:
            for name, texts in why.errors.items():
                self.add_error(name, texts)
        return values

    def looked_for(self) -> LookedFor:
        return LookedFor(**self.cleaned_data)

    def before(self) -> int | None:
        """The id that the page before ended with; what is none begins at the newest."""
        text = str(self.data.get("before", ""))
        return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None

    def asked(self) -> dict[str, str]:
        """What was filled in, as the address has it."""
        return {name: str(value) for name, value in self.cleaned_data.items() if value}

    def said(self) -> list[tuple[str, str]]:
        """What was filled in, in a person's words."""
        return [(str(self.fields[name].label), self._word(name, value)) for name, value in self.asked().items()]

    def _word(self, name: str, value: str) -> str:
        field = self.fields[name]
        return str(field.words[value]) if isinstance(field, Choice) else value

    def query(self, **more: str | int) -> str:
        """The same again as the end of an address."""
        of: dict[str, str | int] = {**self.asked(), **more}
        return f"?{urlencode(of)}" if of else ""
