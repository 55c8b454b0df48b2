"""Tokens for automations: made here, shown once, revoked by deleting them."""

from dataclasses import dataclass
from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _

from appliances.admin.through_services import ServiceAdmin, ServiceForm
from appliances.models import Token, User
from appliances.services import tokens
from appliances.services.actor import By


@dataclass(frozen=True, slots=True)
class Made:
    """A token, and its text to be shown once."""

    subject_id: int
    text: str


class TokenForm(ServiceForm):
    made: Made

    def add(self, wanted: dict[str, Any]) -> Made:
        row, text = tokens.make(**wanted, by=self.by, now=timezone.now())
        self.made = Made(row.pk, text)
        return self.made

    def wanted(self) -> dict[str, Any]:
        """The service asks for the person, not for their number."""
        return {name: self.cleaned_data[name] for name in self.fields}


class TokenAdmin(ServiceAdmin):
    form = TokenForm
    list_display = ["name", "user", "scope", "begins_with", "created_at", "expires_at", "last_used_at"]
    list_filter = ["scope", "user"]
    list_select_related = ["user"]
    search_fields = ["name", "user__username", "prefix"]
    ordering = ["user__username", "id"]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        asked = ["user", "name", "scope", "expires_at"]
        return asked if obj is None else [*asked, "begins_with", "created_at", "last_used_at"]

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        # A filter on the digest would let it be guessed letter by letter.
        return not lookup.startswith("digest") and super().lookup_allowed(lookup, value, request)  # type: ignore[arg-type]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        # Whoever holds a token acts as its person: only a superuser makes one for somebody else.
        people = User.objects.filter(is_active=True).order_by("username")
        if not getattr(request.user, "is_superuser", False):
            people = people.filter(pk=request.user.pk or 0)
        return super().formfield_for_foreignkey(db_field, request, **{**kwargs, "queryset": people})

    def get_changeform_initial_data(self, request: HttpRequest) -> Any:
        return {"user": request.user.pk, **super().get_changeform_initial_data(request)}

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: Any) -> None:
        told = _("This is the token. It is shown only now; copy it: {}")
        self.message_user(request, format_html(told, format_html("<code>{}</code>", form.made.text)), messages.WARNING)

    def remove(self, row: Token, by: By) -> None:
        tokens.revoke(token_id=row.pk, by=by, now=timezone.now())

    @admin.display(description=_("begins with"), ordering="prefix")
    def begins_with(self, row: Token) -> str:
        return f"{row.prefix}…"
