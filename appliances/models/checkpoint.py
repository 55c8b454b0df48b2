"""Where the older part of a home's record was let go: what it had come to, so that the rest still adds up."""

from django.db import models
from django.db.models import Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from appliances.models.home import Home


class Checkpoint(models.Model):
    """One for each home, and one without a home for the decisions that have none; it only ever moves forward.

    The database lets a decision go where this covers it, and no other; so this is never deleted, and outlives its home.
    """

    home = models.ForeignKey(
        Home, models.DO_NOTHING, null=True, related_name="checkpoints", db_constraint=False, verbose_name=_("home")
    )
    up_to = models.PositiveBigIntegerField(_("up to"))
    """The revision of the newest decision it covers; of those without a home, the id."""
    at = models.DateTimeField(_("at"))
    """When that decision was taken."""
    state = models.JSONField(_("state"), default=dict)
    """The home as its record told it up to there."""

    class Meta:
        verbose_name = _("checkpoint")
        verbose_name_plural = _("checkpoints")
        constraints = [
            models.UniqueConstraint(Coalesce("home", Value(0)), name="one_checkpoint_per_home"),
        ]

    def __str__(self) -> str:
        return f"{self.home_id}: up to {self.up_to}"
