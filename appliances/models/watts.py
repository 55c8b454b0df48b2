"""The one field that holds watts: whole milliwatts in the database, `Decimal` watts in Python."""

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models

from appliances.balancer import units


class WattsField(models.Field):  # type: ignore[type-arg]
    """Stores milliwatts, so sums, checks and triggers are exact on every engine; refuses a fourth decimal."""

    description = "Watts, exact to the milliwatt"

    def get_internal_type(self) -> str:
        return "BigIntegerField"

    def from_db_value(self, value: int | None, *_: object) -> Decimal | None:
        return None if value is None else units.to_watts(int(value))

    def to_python(self, value: Any) -> Decimal | None:
        if value is None or value == "":
            return None
        try:
            return units.to_watts(units.to_mw(value))
        except units.NotExactWatts as why:
            raise ValidationError(str(why), code="not_exact_watts") from why

    def get_prep_value(self, value: Any) -> int | None:
        # What may be asked for is the field's validators' to say; a sum of it may be more.
        return None if value is None else units.to_mw(value, most_mw=units.MOST_SUM_MW)

    def value_to_string(self, obj: models.Model) -> str:
        value = self.value_from_object(obj)
        return "" if value is None else str(value)

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**{"form_class": forms.DecimalField, "max_digits": 15, **kwargs})
