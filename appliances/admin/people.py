"""Accounts and groups. What gives power over others is a superuser's to give."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from appliances.models import User
from appliances.services import actor, membership
from appliances.services.membership import LastOwner

POWER = ["is_staff", "is_superuser", "groups", "user_permissions"]
OWN_ACCESS = ["is_active", "is_staff", "is_superuser"]
"""Nobody locks themselves out: so there is always a superuser who can still sign in."""


class PersonAdmin(UserAdmin):  # type: ignore[type-arg]
    list_display = ["username", "first_name", "last_name", "is_active", "is_staff", "is_superuser", "last_login"]
    actions = None

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        fixed = {"last_login", "date_joined"}
        if not _is_superuser(request):
            fixed.update(POWER)
        if obj is not None and obj.pk == request.user.pk:
            fixed.update(OWN_ACCESS)
        return sorted(fixed)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and _may_touch(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        is_self = obj is not None and obj.pk == request.user.pk
        return super().has_delete_permission(request, obj) and _may_touch(request, obj) and not is_self

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        try:
            return super().delete_view(request, object_id, extra_context)
        except LastOwner as why:
            self.message_user(request, str(why), messages.ERROR)
            return redirect(request.get_full_path())

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        membership.leave_every_home(obj, by=actor.person(_asker(request)), now=timezone.now())
        super().delete_model(request, obj)


class SuperusersGroupAdmin(GroupAdmin):
    def has_module_permission(self, request: HttpRequest) -> bool:
        return _is_superuser(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _is_superuser(request)

    has_change_permission = has_delete_permission = has_view_permission

    def has_add_permission(self, request: HttpRequest) -> bool:
        return _is_superuser(request)


def _asker(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


def _is_superuser(request: HttpRequest) -> bool:
    return bool(request.user.is_active and getattr(request.user, "is_superuser", False))


def _may_touch(request: HttpRequest, obj: Any) -> bool:
    """The account of staff is a superuser's to change, or one's own: its password is the way to its power."""
    is_plain = obj is None or not (obj.is_staff or obj.is_superuser)
    return is_plain or obj.pk == request.user.pk or _is_superuser(request)
