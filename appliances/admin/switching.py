"""Switching the chosen appliances: each is a decision of its own, and what does not fit stops no other."""

from functools import partial
from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from appliances.admin import one_by_one
from appliances.admin.asking import by
from appliances.models import Appliance
from appliances.presentation import wording
from appliances.services import switching

if TYPE_CHECKING:
    AnyAdmin = admin.ModelAdmin[Any]


@admin.action(permissions=["change"], description=gettext_lazy("Switch on, highest priority first"))
def switch_on(of: "AnyAdmin", request: HttpRequest, rows: QuerySet[Appliance]) -> None:
    of.message_user(request, _("Switched on one by one, the highest priority first; each was decided by itself."))
    one_by_one.each(of, request, rows.order_by("-priority", "pk"), partial(_switch, of, request, on=True))


@admin.action(permissions=["change"], description=gettext_lazy("Switch off, lowest priority first"))
def switch_off(of: "AnyAdmin", request: HttpRequest, rows: QuerySet[Appliance]) -> None:
    one_by_one.each(of, request, rows.order_by("priority", "pk"), partial(_switch, of, request, on=False))


def _switch(of: "AnyAdmin", request: HttpRequest, row: Appliance, *, on: bool) -> one_by_one.Said:
    changed = switching.switch(appliance_id=row.pk, on=on, by=by(request), now=timezone.now())
    if changed.decision is None:
        already = _("%s is already on.") if on else _("%s is already off.")
        return messages.INFO, already % row
    said = wording.decision(changed.decision)
    of.log_change(request, row, said)
    return messages.SUCCESS, said
