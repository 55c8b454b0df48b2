"""Bearer tokens for automations; only a digest is kept."""

from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from appliances.models.user import User


class Scope(models.TextChoices):
    """What a token may at most; never more than its person may at that moment."""

    READ = "read", _("Read")
    SWITCH = "switch", _("Read and switch")
    ADMIN = "admin", _("Everything you may")


class TokenQuerySet(models.QuerySet["Token"]):
    def valid(self, now: datetime) -> "TokenQuerySet":
        """Of people who may sign in, and not expired."""
        return self.filter(models.Q(expires_at=None) | models.Q(expires_at__gt=now), user__is_active=True)


class Token(models.Model):
    user = models.ForeignKey(User, models.CASCADE, related_name="tokens", verbose_name=_("person"))
    name = models.CharField(_("name"), max_length=80, default="token")
    scope = models.CharField(_("may"), max_length=6, choices=Scope, default=Scope.READ)
    prefix = models.CharField(_("begins with"), max_length=12)
    digest = models.CharField(_("SHA-256"), max_length=64, unique=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    expires_at = models.DateTimeField(_("valid until"), null=True, blank=True)
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True)

    objects = TokenQuerySet.as_manager()

    class Meta:
        verbose_name = _("token")
        verbose_name_plural = _("tokens")

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

    def is_valid(self, now: datetime) -> bool:
        """As `valid`, for one whose person may sign in."""
        return self.expires_at is None or self.expires_at > now
