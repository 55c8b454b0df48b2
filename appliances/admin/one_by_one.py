"""Actions on many rows: each by itself, in order, and each with a message of its own."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.contrib.admin import actions
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from appliances.admin import saying

if TYPE_CHECKING:
    AnyAdmin = admin.ModelAdmin[Any]
    Rows = QuerySet[Any]

MOST = 200
"""Rows an action takes at once: every one is a turn of its home, and a request must end."""

Said = tuple[int, str]
"""The level of a message and its text."""


def each(of: "AnyAdmin", request: HttpRequest, rows: "Rows", step: Callable[[Any], Said]) -> None:
    """Run `step` for one row after the other and tell what came of each; one that fails stops no other."""
    found: list[Model] = list(rows[: MOST + 1])
    if len(found) > MOST:
        of.message_user(request, _("Choose at most %d at once. Nothing was changed.") % MOST, messages.ERROR)
        return
    for row in found:
        level, text = _said(step, row)
        of.message_user(request, text, level)


def _said(step: Callable[[Any], Said], row: Model) -> Said:
    try:
        return step(row)
    except saying.NAMED as why:
        return messages.ERROR, saying.about(row, why)


@admin.action(permissions=["delete"], description=gettext_lazy("Delete selected %(verbose_name_plural)s"))
def delete_selected(of: "AnyAdmin", request: HttpRequest, rows: "Rows") -> HttpResponse | None:
    """Asks first, on Django's own page; then each is deleted by itself."""
    if not request.POST.get("post"):
        return actions.delete_selected(of, request, rows)
    _going, _counts, forbidden, _protected = of.get_deleted_objects(rows, request)
    if forbidden:
        raise PermissionDenied

    def delete(row: Model) -> Said:
        of.log_deletions(request, [row])  # type: ignore[arg-type]
        of.delete_model(request, row)
        return messages.SUCCESS, _("%s deleted.") % row

    each(of, request, rows, delete)
    return None
