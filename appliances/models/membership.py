"""Who belongs to which home, and as what."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from appliances.models.home import Home
from appliances.models.user import User


class Role(models.TextChoices):
    OWNER = "owner", _("Owner")
    MEMBER = "member", _("Member")
    GUEST = "guest", _("Guest")
    VIEWER = "viewer", _("Viewer")


class Membership(models.Model):
    user = models.ForeignKey(User, models.CASCADE, related_name="memberships", verbose_name=_("person"))
    home = models.ForeignKey(Home, models.CASCADE, related_name="memberships", verbose_name=_("home"))
    role = models.CharField(_("role"), max_length=8, choices=Role, default=Role.MEMBER)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "home"],
                name="one_membership_per_person_and_home",
                violation_error_message=_("This person already belongs to this home."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.home} · {self.get_role_display()}"
