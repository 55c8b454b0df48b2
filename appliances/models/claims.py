"""Appliances that are off and shall be on when there is room: because somebody asked, or because they were shed."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from appliances.models.appliance import Appliance
from appliances.models.home import Home


class Wait(models.Model):
    """A switch-on that waits for room. It ends as started, cancelled or expired, each with its decision."""

    home = models.ForeignKey(Home, models.CASCADE, related_name="waits", verbose_name=_("home"))
    appliance = models.OneToOneField(Appliance, models.CASCADE, related_name="wait", verbose_name=_("appliance"))
    asked_at = models.DateTimeField(_("asked at"))
    expires_at = models.DateTimeField(_("expires at"))
    asked_by = models.CharField(_("asked by"), max_length=150, blank=True)

    class Meta:
        verbose_name = _("waiting appliance")
        verbose_name_plural = _("waiting appliances")

    def __str__(self) -> str:
        return f"{self.appliance}: {self.asked_at}"


class Shed(models.Model):
    """An appliance that VoltSafe switched off and will switch on again.

    The row ends when the appliance is switched by a person, when it expires, or when it has been back for long
    enough; until then a return that fails counts (`failures`), so that the next waits longer.
    """

    home = models.ForeignKey(Home, models.CASCADE, related_name="sheds", verbose_name=_("home"))
    appliance = models.OneToOneField(Appliance, models.CASCADE, related_name="shed", verbose_name=_("appliance"))
    at = models.DateTimeField(_("shed at"))
    expires_at = models.DateTimeField(_("expires at"))
    cause = models.JSONField(_("cause"), default=dict)
    """As in the decision that shed it."""
    failures = models.PositiveSmallIntegerField(_("failed returns"), default=0)
    fits_since = models.DateTimeField(_("fits since"), null=True)
    returned_at = models.DateTimeField(_("returned at"), null=True)

    class Meta:
        verbose_name = _("shed appliance")
        verbose_name_plural = _("shed appliances")

    def __str__(self) -> str:
        return f"{self.appliance}: {self.at}"
