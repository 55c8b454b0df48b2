"""A limit that holds for a while: of the grid, a generator, a party."""

from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from appliances.balancer import units
from appliances.models.circuit import Circuit
from appliances.models.home import Home
from appliances.models.watts import WattsField


class Source(models.TextChoices):
    GRID = "grid", _("Grid")
    GENERATOR = "generator", _("Generator")
    PARTY = "party", _("Party")
    MAINTENANCE = "maintenance", _("Maintenance")
    PERSON = "person", _("Somebody at home")
    OTHER = "other", _("Other")


class TemporaryLimit(models.Model):
    """In force from `starts_at` until just before `ends_at`. Of several, and the circuit's own, the lowest wins."""

    home = models.ForeignKey(Home, models.CASCADE, related_name="temporary_limits", verbose_name=_("home"))
    circuit = models.ForeignKey(Circuit, models.CASCADE, related_name="temporary_limits", verbose_name=_("circuit"))
    limit = WattsField(
        _("limit (W)"),
        db_column="limit_mw",
        validators=[
            MinValueValidator(Decimal(0), _("A limit is never negative.")),
            MaxValueValidator(units.to_watts(units.MOST_MW), _("A limit is at most 1 GW.")),
        ],
    )
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))
    source = models.CharField(_("source"), max_length=12, choices=Source, default=Source.PERSON)
    reason = models.CharField(_("reason"), max_length=120, blank=True)
    begun = models.BooleanField(_("has begun"), default=False, editable=False)
    """Whether its beginning is on record."""

    class Meta:
        verbose_name = _("temporary limit")
        verbose_name_plural = _("temporary limits")
        constraints = [
            models.CheckConstraint(
                condition=Q(limit__gte=0),
                name="temporary_limit_is_not_negative",
                violation_error_code="limit",
                violation_error_message=_("A limit is never negative."),
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="temporary_limit_ends_after_it_starts",
                violation_error_code="ends_at",
                violation_error_message=_("It ends after it starts."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.circuit}: {self.limit} W until {self.ends_at}"
