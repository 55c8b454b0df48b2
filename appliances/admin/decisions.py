"""The decision record, to read and to search: nobody adds, changes or deletes a line of it."""

import json
from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from appliances.models import Decision, Home
from appliances.presentation import wording


def in_watts(name: str, label: Any) -> Callable[[Decision], str]:
    @admin.display(description=label)
    def shown(row: Decision) -> str:
        amount = getattr(row, name)
        return "-" if amount is None else wording.watts(amount)

    return shown


OF_AN_ACCOUNT = _("account")

NUMBERS = [
    in_watts("requested", _("requested")),
    in_watts("load_before", _("load before")),
    in_watts("load_after", _("load after")),
    in_watts("limit", _("limit")),
    in_watts("exceeded_by", _("too much")),
]


def numbered(name: str, pk: int | None) -> str:
    return name if pk is None else _("%(name)s (no. %(number)d)") % {"name": name, "number": pk}


class HomeFilter(admin.RelatedFieldListFilter):
    """The homes there are, and what concerns an account and no home."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.empty_value_display = format_html("{}", OF_AN_ACCOUNT)


class DecisionAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ["at", "of_home", "sentence", "outcome", "by", "action"]
    list_filter = ["outcome", ("home", HomeFilter), "action", "subject"]
    search_fields = ["subject_name", "circuit_name", "actor_name"]
    # The record grows without end: what sorts or counts all of it is left out.
    sortable_by = ()
    show_full_result_count = False
    list_per_page = 50
    actions = None

    def get_queryset(self, request: HttpRequest) -> QuerySet[Decision]:
        # Not a join: the record of a home outlives the home.
        name = Home.objects.filter(pk=OuterRef("home_id")).values("name")
        return Decision.objects.annotate(home_name=Subquery(name)).order_by("-id")

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        return [
            (None, {"fields": ["sentence", "at", "by", "account", "of_home", "revision"]}),
            (_("What"), {"fields": ["action", "outcome", "subject", "subject_name", "subject_id", "account_id"]}),
            (_("Numbers"), {"fields": ["limited_by", *NUMBERS]}),
            (_("Facts"), {"fields": ["facts_kept"]}),
        ]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description=_("home"))
    def of_home(self, row: Any) -> str:
        if row.home_id is None:
            return str(OF_AN_ACCOUNT)
        return str(row.home_name or _("removed (no. %d)") % row.home_id)

    @admin.display(description=_("decision"))
    def sentence(self, row: Decision) -> str:
        return wording.decision(row)

    @admin.display(description=_("by"))
    def by(self, row: Decision) -> str:
        return wording.by(row)

    @admin.display(description=_("account"))
    def account(self, row: Decision) -> str:
        return numbered(row.get_actor_display(), row.actor_id)

    @admin.display(description=_("circuit"))
    def limited_by(self, row: Decision) -> str:
        return numbered(row.circuit_name or "-", row.circuit_id)

    @admin.display(description=_("facts"))
    def facts_kept(self, row: Decision) -> str:
        return format_html("<pre>{}</pre>", json.dumps(row.facts, indent=2, ensure_ascii=False))
