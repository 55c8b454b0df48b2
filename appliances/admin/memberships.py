"""Who belongs to which home, and as what: each change is a decision of the home."""

from dataclasses import replace
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from appliances.admin import asking, guarded
from appliances.admin.guarded import GuardedForm
from appliances.admin.through_services import GONE, ServiceAdmin
from appliances.models import Membership
from appliances.services import people
from appliances.services.actor import By
from appliances.services.membership import LastOwner
from appliances.services.outcome import Changed, Missing


class MembershipForm(GuardedForm):
    def add(self, wanted: dict[str, Any]) -> Changed:
        asked = {"home_id": wanted["home"], "user_id": wanted["user"], "role": wanted["role"]}
        return _of_row(people.add(**asked, by=self.by, now=timezone.now()))

    def change(self, wanted: dict[str, Any]) -> Changed:
        row = self.instance
        role = wanted.get("role", row.role)
        asked = {"home_id": row.home_id, "user_id": row.user_id, "role": role}
        return _of_row(people.change_role(**asked, by=self.by, now=timezone.now()))

    def field_of(self, why: Exception) -> str | None:
        return "role" if isinstance(why, LastOwner) else super().field_of(why)


def _of_row(changed: Changed) -> Changed:
    """The services speak of the person, the form of the row."""
    row = Membership.objects.filter(home=changed.home_id, user=changed.subject_id).first()
    if row is None:
        raise Missing(GONE)
    return replace(changed, subject_id=row.pk)


class MembershipAdmin(ServiceAdmin):
    form = MembershipForm
    fixed = ["user", "home"]
    readonly_fields = ["created_at"]
    list_display = ["user", "home", "role", "created_at"]
    list_filter = ["role", "home"]
    list_select_related = ["user", "home"]
    search_fields = ["user__username", "home__name"]
    ordering = ["home__name", "user__username"]
    actions = None

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        fields: list[Any] = [(None, {"fields": ["user", "home", "role", *(["created_at"] if obj else [])]})]
        may_change = obj is None or self.has_change_permission(request, obj)
        return [*fields, guarded.fieldset(asking.PASSWORD)] if may_change else fields

    def remove(self, row: Membership, by: By) -> Changed:
        return people.remove(home_id=row.home_id, user_id=row.user_id, by=by, now=timezone.now())
