"""Accounts and groups, changed by the services and on record. What gives power over others is a superuser's to give."""

from collections.abc import Sequence
from typing import Any

from allauth.core import context
from django import forms
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.forms import AdminPasswordChangeForm, ReadOnlyPasswordHashField, SetPasswordMixin
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from appliances.admin import saying
from appliances.admin.asking import by
from appliances.admin.through_services import ServiceAdmin, ServiceForm
from appliances.models import Membership, Token, User
from appliances.services import accounts
from appliances.services.actor import By
from appliances.services.cleaning import Invalid
from appliances.services.outcome import Changed

POWER = ["is_staff", "is_superuser", "groups", "user_permissions"]
FORM_NAMES = {"password": "password2"}
OWN_ACCESS = ["is_active", "is_staff", "is_superuser"]
"""Nobody locks themselves out: so there is always a superuser who can still sign in."""


class PersonForm(ServiceForm):
    password = ReadOnlyPasswordHashField(label=_("Password"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # What it showed would be the hash.
        self.fields["password"].show_hidden_initial = False

    def change(self, wanted: dict[str, Any]) -> Changed:
        wanted.pop("password", None)
        user = accounts.change(user_id=self.instance.pk, wanted=wanted, by=self.by, now=timezone.now())
        return _changed(user)


class AddPersonForm(ServiceForm):
    password1, password2 = SetPasswordMixin.create_password_fields()

    def clean_password2(self) -> str:
        if self.cleaned_data["password2"] != self.cleaned_data.get("password1"):
            raise forms.ValidationError(_("The two passwords differ."))
        return str(self.cleaned_data["password2"])

    def add(self, wanted: dict[str, Any]) -> Changed:
        try:
            user = accounts.add(
                username=wanted["username"], password=wanted["password1"], by=self.by, now=timezone.now()
            )
        except Invalid as why:
            raise Invalid({FORM_NAMES.get(name, name): texts for name, texts in why.errors.items()}) from why
        return _changed(user)


class NewPasswordForm(AdminPasswordChangeForm):  # type: ignore[type-arg]
    """As ServiceForm: its last step of validation is the use case."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("usable_password", None)

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        if self.errors:
            return found
        request = context.request
        asked, keep = {"user_id": self.user.pk, "password": found["password1"]}, request.session.session_key or ""
        try:
            new = accounts.set_password(**asked, by=by(request), now=timezone.now(), keep=keep)
            self.user.password = new.password
        except saying.NAMED as why:
            self.add_error("password1", saying.sentence(why))  # its page shows no others
        return found

    def save(self, commit: bool = True) -> User:  # noqa: FBT001, FBT002
        """It is saved."""
        user: User = self.user
        return user


class PersonAdmin(ServiceAdmin, UserAdmin):  # type: ignore[type-arg]
    form = PersonForm
    add_form = AddPersonForm
    change_password_form = NewPasswordForm
    add_fieldsets = ((None, {"classes": ("wide",), "fields": ("username", "password1", "password2")}),)
    list_display = ["username", "first_name", "last_name", "is_active", "is_staff", "is_superuser", "last_login"]
    actions = None

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        # Without the transaction that is around it: the service opens its own.
        return self._add_view(request, form_url, extra_context)  # type: ignore[attr-defined, no-any-return]

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

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: Any) -> None:
        """Nothing: groups and permissions were changed with the rest."""

    def remove(self, row: Any, by: By) -> Changed:
        accounts.remove(user_id=row.pk, by=by, now=timezone.now())
        return _changed(row)

    def going_along(self, rows: Sequence[Any]) -> Sequence[Model]:
        return [*Membership.objects.filter(user__in=rows), *Token.objects.filter(user__in=rows)]


class SuperusersGroupAdmin(GroupAdmin):
    def has_module_permission(self, request: HttpRequest) -> bool:
        return _is_superuser(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _is_superuser(request)

    has_change_permission = has_delete_permission = has_view_permission

    def has_add_permission(self, request: HttpRequest) -> bool:
        return _is_superuser(request)


def _changed(user: User) -> Changed:
    return Changed(home_id=0, revision=0, subject_id=user.pk)


def _is_superuser(request: HttpRequest) -> bool:
    return bool(request.user.is_active and getattr(request.user, "is_superuser", False))


def _may_touch(request: HttpRequest, obj: Any) -> bool:
    """The account of staff is a superuser's to change, or one's own: its password is the way to its power."""
    is_plain = obj is None or not (obj.is_staff or obj.is_superuser)
    return is_plain or obj.pk == request.user.pk or _is_superuser(request)
