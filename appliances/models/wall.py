"""A screen on a wall: it shows one home, and may switch there or only look; only digests of its secrets are kept."""

from datetime import time

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from appliances.models.home import Home


class Wall(models.Model):
    """`link_digest` is that of the link that makes a screen this one, once; `digest` of the secret the screen holds."""

    home = models.ForeignKey(Home, models.CASCADE, related_name="walls", verbose_name=_("home"))
    name = models.CharField(_("name"), max_length=80)
    is_read_only = models.BooleanField(_("only looks"), default=False)
    night_from = models.TimeField(_("dark from"), default=time(22))
    night_until = models.TimeField(_("dark until"), default=time(6))
    """By the home's clock; the same twice is never."""
    link_digest = models.CharField(_("SHA-256 of the link"), max_length=64, blank=True)
    link_expires_at = models.DateTimeField(_("link valid until"), null=True, blank=True)
    digest = models.CharField(_("SHA-256"), max_length=64, blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    last_seen_at = models.DateTimeField(_("last seen"), null=True, blank=True)

    class Meta:
        verbose_name = _("wall screen")
        verbose_name_plural = _("wall screens")
        constraints = [
            models.UniqueConstraint(fields=["digest"], condition=~Q(digest=""), name="one_wall_per_secret"),
            models.UniqueConstraint(fields=["link_digest"], condition=~Q(link_digest=""), name="one_wall_per_link"),
        ]

    def __str__(self) -> str:
        return f"{self.name} · {self.home}"
