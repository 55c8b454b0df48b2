"""Which requests were answered already, so that one sent twice is carried out once."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from appliances.models.user import User


class Answered(models.Model):
    """What became of a request with an `Idempotency-Key`, written in the transaction of what it did.

    `outcome` holds what the services told the door (ids and a revision); `status`, `headers` and `body` are the
    answer as it was sent, where it was sent.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="answered", verbose_name=_("person"))
    key = models.CharField(_("key"), max_length=255)
    fingerprint = models.CharField(_("SHA-256 of the request"), max_length=64)
    at = models.DateTimeField(_("at"), db_index=True)
    outcome = models.JSONField(_("outcome"), default=dict)
    status = models.PositiveSmallIntegerField(_("status"), null=True)
    headers = models.JSONField(_("headers"), default=dict)
    body = models.TextField(_("body"), blank=True)

    class Meta:
        verbose_name = _("answered request")
        verbose_name_plural = _("answered requests")
        constraints = [
            models.UniqueConstraint(fields=["user", "key"], name="one_answer_per_key_of_a_person"),
        ]

    def __str__(self) -> str:
        return self.key
