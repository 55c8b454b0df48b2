"""An invitation into a home: a link for one person, with the role it gives; only a digest of the link is kept."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from appliances.models.home import Home
from appliances.models.membership import Role


class Invitation(models.Model):
    """Gone once it is accepted or taken back; the record tells of it."""

    home = models.ForeignKey(Home, models.CASCADE, related_name="invitations", verbose_name=_("home"))
    name = models.CharField(_("for"), max_length=80)
    role = models.CharField(_("role"), max_length=8, choices=Role)
    digest = models.CharField(_("SHA-256"), max_length=64, unique=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    expires_at = models.DateTimeField(_("valid until"))

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")

    def __str__(self) -> str:
        return f"{self.name} · {self.home} · {self.get_role_display()}"
