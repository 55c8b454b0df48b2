"""A length of time as people write it: "90 s", "3 min", "1 h 30 min". Exact both ways; nothing is rounded."""

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

SECONDS = {"s": 1, "sec": 1, "min": 60, "m": 60, "h": 3600, "d": 86400}
PART = re.compile(r"\s*(\d{1,9}(?:[.,]\d{1,6})?)\s*([a-z]*)\s*")


class DurationField(forms.CharField):
    """Seconds; a bare number is minutes. Empty is `empty`."""

    default_error_messages = {"duration": _("Write it like 90 s, 3 min or 1 h.")}

    def __init__(self, *, empty: int | None, **options: Any) -> None:
        self.empty = empty
        super().__init__(required=False, max_length=40, **options)
        self.widget.attrs |= {"autocomplete": "off", "spellcheck": "false"}

    def prepare_value(self, value: Any) -> Any:
        return text(value) if isinstance(value, int) and value != self.empty else "" if value == self.empty else value

    def clean(self, value: Any) -> int | None:
        given = str(super().clean(value)).strip().lower()
        if not given:
            return self.empty
        total, at = Decimal(0), 0
        while at < len(given):
            part = PART.match(given, at)
            unit = (part[2] or "min") if part else ""
            if part is None or unit not in SECONDS:
                raise ValidationError(self.error_messages["duration"], code="duration")
            total += Decimal(part[1].replace(",", ".")) * SECONDS[unit]
            at = part.end()
        if total != int(total):
            raise ValidationError(self.error_messages["duration"], code="duration")
        return int(total)


def text(seconds: int) -> str:
    """5400 -> "1 h 30 min": the same that is understood."""
    parts, left = [], seconds
    for unit, size in (("h", 3600), ("min", 60), ("s", 1)):
        count, left = divmod(left, size)
        if count:
            parts.append(f"{count} {unit}")
    return " ".join(parts) or "0 s"
