"""Anything with a breaker. The main circuit of a home is the one without a parent."""

from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from appliances.balancer import units
from appliances.models.home import Home
from appliances.models.watts import WattsField


class Circuit(models.Model):
    home = models.ForeignKey(Home, models.PROTECT, related_name="circuits", verbose_name=_("home"))
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="branches", verbose_name=_("fed from")
    )
    name = models.CharField(_("name"), max_length=80)
    limit = WattsField(
        _("limit (W)"),
        db_column="limit_mw",
        validators=[
            MinValueValidator(Decimal(0), _("A limit is never negative.")),
            MaxValueValidator(units.to_watts(units.MOST_MW), _("A limit is at most 1 GW.")),
        ],
    )
    load = WattsField(_("load (W)"), db_column="load_mw", default=0, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("circuit")
        verbose_name_plural = _("circuits")
        constraints = [
            models.CheckConstraint(
                condition=Q(limit__gte=0) & Q(limit__lte=units.MOST_MW // units.MW_PER_WATT),
                name="limit_is_not_negative",
                violation_error_code="limit",
                violation_error_message=_("A limit lies between 0 W and 1 GW."),
            ),
            models.UniqueConstraint(
                "home",
                Lower("name"),
                name="circuit_names_are_unique_in_a_home",
                violation_error_code="name",
                violation_error_message=_("This home already has a circuit with that name."),
            ),
            models.UniqueConstraint(
                fields=["home"],
                condition=Q(parent__isnull=True),
                name="a_home_has_one_main_circuit",
                violation_error_code="parent",
                violation_error_message=_("This home already has a main circuit. Choose what feeds this one."),
            ),
        ]

    def __str__(self) -> str:
        return self.name
