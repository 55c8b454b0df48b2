"""A home: the row that is locked for every decision about it."""

import secrets
from uuid import UUID

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from appliances.models.user import User


def new_lineage() -> str:
    return secrets.token_hex(8)


class HomeQuerySet(models.QuerySet["Home"]):
    def of(self, user: User) -> "HomeQuerySet":
        """The homes this person is a member of."""
        return self.filter(memberships__user=user).order_by("name", "id")


class Home(models.Model):
    name = models.CharField(_("name"), max_length=80)
    slug = models.SlugField(_("address"), max_length=80, unique=True)
    timezone = models.CharField(_("time zone"), max_length=64, default="UTC")
    nominal_voltage = models.PositiveSmallIntegerField(
        _("nominal voltage (V)"), default=230, validators=[MinValueValidator(50), MaxValueValidator(1000)]
    )
    warning_percent = models.PositiveSmallIntegerField(_("warning from (%)"), default=80)
    critical_percent = models.PositiveSmallIntegerField(_("critical from (%)"), default=95)
    revision = models.PositiveBigIntegerField(_("revision"), default=0, editable=False)
    lineage = models.CharField(_("lineage"), max_length=16, default=new_lineage, editable=False)
    """Another one after every restore, which brings back revisions that have been something else since: only of one
    lineage is the same revision the same state."""
    wake_at = models.DateTimeField(_("controller looks again at"), null=True, editable=False, db_index=True)
    """When the controller has to look at this home next; every decision says now, null says not before the next."""
    installer_code = models.CharField(_("installer code"), max_length=128, blank=True, editable=False)
    """A password hash; where there is one, raising a limit and changing circuits ask for the code."""
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    mark: UUID | None = None
    """No column of the model: PostgreSQL's mark of the state of its rows, for who has locked it (services.known)."""

    objects = HomeQuerySet.as_manager()

    class Meta:
        verbose_name = _("home")
        verbose_name_plural = _("homes")
        constraints = [
            models.CheckConstraint(
                condition=Q(warning_percent__gte=1)
                & Q(warning_percent__lt=F("critical_percent"))
                & Q(critical_percent__lte=100),
                name="thresholds_rise_from_1_to_100",
                violation_error_code="warning_percent",
                violation_error_message=_("Warning must be below critical, and both from 1 to 100 percent."),
            ),
        ]

    def __str__(self) -> str:
        return self.name
