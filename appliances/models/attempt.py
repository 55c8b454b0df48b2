"""How often somebody has tried what is guarded by a secret, so that guessing gets slow."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Attempt(models.Model):
    """Tries without success of one kind, from one place; forgotten a while after the last."""

    key = models.CharField(_("SHA-256 of what is tried, and from where"), max_length=64, unique=True)
    failures = models.PositiveIntegerField(_("tries"), default=0)
    last_at = models.DateTimeField(_("last"), db_index=True)

    class Meta:
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")

    def __str__(self) -> str:
        return f"{self.key[:8]}: {self.failures}"
