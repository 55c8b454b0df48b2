"""Anything that draws power and can be switched."""

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from appliances.balancer import units
from appliances.models.circuit import Circuit
from appliances.models.home import Home
from appliances.models.watts import WattsField

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise


class Kind(models.TextChoices):
    """What an appliance is; chooses its icon."""

    OVEN = "oven", _("Oven")
    HOB = "hob", _("Hob")
    KETTLE = "kettle", _("Kettle")
    COFFEE_MACHINE = "coffee_machine", _("Coffee machine")
    TOASTER = "toaster", _("Toaster")
    MICROWAVE = "microwave", _("Microwave")
    DISHWASHER = "dishwasher", _("Dishwasher")
    FRIDGE = "fridge", _("Fridge")
    FREEZER = "freezer", _("Freezer")
    WASHING_MACHINE = "washing_machine", _("Washing machine")
    DRYER = "dryer", _("Tumble dryer")
    IRON = "iron", _("Iron")
    VACUUM = "vacuum", _("Vacuum cleaner")
    HAIR_DRYER = "hair_dryer", _("Hair dryer")
    HEATER = "heater", _("Heater")
    WATER_HEATER = "water_heater", _("Water heater")
    HEAT_PUMP = "heat_pump", _("Heat pump")
    AIR_CONDITIONER = "air_conditioner", _("Air conditioner")
    FAN = "fan", _("Fan")
    LIGHTING = "lighting", _("Lighting")
    TELEVISION = "television", _("Television")
    COMPUTER = "computer", _("Computer")
    NETWORK = "network", _("Router and network")
    CAR_CHARGER = "car_charger", _("Car charger")
    MEDICAL = "medical", _("Medical device")
    OTHER = "other", _("Other")


LEAST_IMPORTANT = 1_000_000
LONGEST_PAUSE = 86_400
LONGEST_RUN = 7 * 86_400
"""Seconds; what is longer is no rest and no cycle, but a mistake in the unit."""


def _seconds(
    name: "StrPromise", *, most: int, least: int = 0, **options: Any
) -> "models.PositiveIntegerField[Any, Any]":
    validators = [MinValueValidator(least), MaxValueValidator(most)]
    return models.PositiveIntegerField(name, validators=validators, **options)


class ApplianceQuerySet(models.QuerySet["Appliance"]):
    def switched_on(self) -> "ApplianceQuerySet":
        return self.filter(is_on=True)


class Appliance(models.Model):
    home = models.ForeignKey(Home, models.PROTECT, related_name="appliances", verbose_name=_("home"))
    circuit = models.ForeignKey(Circuit, models.PROTECT, related_name="appliances", verbose_name=_("circuit"))
    name = models.CharField(_("name"), max_length=80)
    kind = models.CharField(_("kind"), max_length=24, choices=Kind, default=Kind.OTHER)
    rated = WattsField(
        _("rated power (W)"),
        db_column="rated_mw",
        validators=[
            MinValueValidator(Decimal("0.001"), _("Rated power is more than 0 W.")),
            MaxValueValidator(units.to_watts(units.MOST_MW), _("Rated power is at most 1 GW.")),
        ],
    )
    is_on = models.BooleanField(_("is on"), default=False, editable=False)
    switched_at = models.DateTimeField(_("switched at"), null=True, editable=False)
    """When it last went from off to on or back; null: never since it is known here."""
    priority = models.PositiveIntegerField(
        _("priority"),
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(LEAST_IMPORTANT)],
        help_text=_("Its place in the home's order: 1 is the most important and makes room last."),
    )
    may_be_shed = models.BooleanField(
        _("may be shed"), default=False, help_text=_("VoltSafe may switch it off when a limit falls.")
    )
    may_be_interrupted = models.BooleanField(
        _("may be interrupted"), default=True, help_text=_("No: it is never switched off in the middle of its cycle.")
    )
    returns_by_itself = models.BooleanField(
        _("comes back by itself"), default=False, help_text=_("After shedding, VoltSafe may switch it on again.")
    )
    min_on_seconds = _seconds(_("stays on for at least (s)"), default=0, most=LONGEST_PAUSE)
    min_off_seconds = _seconds(_("stays off for at least (s)"), default=0, most=LONGEST_PAUSE)
    max_on_seconds = _seconds(_("is switched off after (s)"), null=True, blank=True, least=1, most=LONGEST_RUN)
    note = models.CharField(_("note"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = ApplianceQuerySet.as_manager()

    class Meta:
        verbose_name = _("appliance")
        verbose_name_plural = _("appliances")
        constraints = [
            models.CheckConstraint(
                condition=Q(rated__gt=0) & Q(rated__lte=units.MOST_MW // units.MW_PER_WATT),
                name="rated_watts_are_positive",
                violation_error_code="rated",
                violation_error_message=_("Rated power is more than 0 W and at most 1 GW."),
            ),
            models.CheckConstraint(
                condition=Q(priority__gte=1) & Q(priority__lte=LEAST_IMPORTANT),
                name="priority_counts_from_1",
                violation_error_code="priority",
                violation_error_message=_("Priority counts from 1, the most important."),
            ),
            models.UniqueConstraint(
                "home",
                Lower("name"),
                name="appliance_names_are_unique_in_a_home",
                violation_error_code="name",
                violation_error_message=_("This home already has an appliance with that name."),
            ),
        ]

    def __str__(self) -> str:
        return self.name
