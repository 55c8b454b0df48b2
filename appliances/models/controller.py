"""What VoltSafe does in a home of its own accord, and what it has to remember for it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from appliances.models.home import Home


class Mode(models.TextChoices):
    OFF = "off", _("Off")
    OBSERVING = "observing", _("Observing")
    ARMED = "armed", _("Armed")


class Controller(models.Model):
    """One home's; a home without this row has a controller that is off.

    `watching` holds what was last said, so that nothing is said twice: `needs` {circuit id: watts missing},
    `would` [keys of the steps observed], `failed_at` [moments of failed returns].
    """

    home = models.OneToOneField(Home, models.CASCADE, related_name="controller", verbose_name=_("home"))
    mode = models.CharField(_("mode"), max_length=9, choices=Mode, default=Mode.OFF)
    last_start_at = models.DateTimeField(_("last start"), null=True)
    returns_held_until = models.DateTimeField(_("returns held until"), null=True)
    watching = models.JSONField(_("watching"), default=dict)

    class Meta:
        verbose_name = _("controller")
        verbose_name_plural = _("controllers")
        constraints = [
            models.CheckConstraint(condition=models.Q(mode__in=Mode.values), name="controller_mode_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.home}: {self.get_mode_display()}"


class Heartbeat(models.Model):
    """When a controller process last ran; one row for the whole installation."""

    ran_at = models.DateTimeField(_("ran at"))

    class Meta:
        verbose_name = _("heartbeat")
        verbose_name_plural = _("heartbeats")

    def __str__(self) -> str:
        return self.ran_at.isoformat()
