"""Who belongs to which home, and as what."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from appliances.models.membership import Role
from appliances.services import membership
from appliances.services.membership import LastOwner


class MembershipForm(forms.ModelForm):  # type: ignore[type-arg]
    def clean_role(self) -> str:
        role = str(self.cleaned_data["role"])
        if self.instance.pk is not None and role != Role.OWNER:
            try:
                membership.keep_an_owner(without=self.instance)
            except LastOwner as why:
                raise forms.ValidationError(str(why), code="last_owner") from why
        return role


class MembershipAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    form = MembershipForm
    fields = ["user", "home", "role", "created_at"]
    list_display = ["user", "home", "role", "created_at"]
    list_filter = ["role", "home"]
    list_select_related = ["user", "home"]
    search_fields = ["user__username", "home__name"]
    ordering = ["home__name", "user__username"]
    actions = None

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["created_at", *(["user", "home"] if obj else [])]

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        # Caught outside Django's transaction, so that nothing of it stays, the log entry neither.
        try:
            return super().delete_view(request, object_id, extra_context)
        except LastOwner as why:
            self.message_user(request, str(why), messages.ERROR)
            return redirect(request.get_full_path())

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        membership.keep_an_owner(without=obj)
        super().delete_model(request, obj)
