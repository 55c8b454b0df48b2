"""Appliances: what they draw, where they are plugged in, and switching many at once."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from appliances.admin import choices, switching
from appliances.admin.through_services import ServiceAdmin, ServiceForm
from appliances.models import Appliance
from appliances.presentation import wording
from appliances.services import appliance
from appliances.services.actor import By
from appliances.services.outcome import Changed


class ApplianceForm(ServiceForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "circuit" in self.fields:
            choices.offer(self, "circuit")

    def add(self, wanted: dict[str, Any]) -> Changed:
        return appliance.add(home_id=wanted.pop("home"), wanted=wanted, by=self.by, now=timezone.now())

    def change(self, wanted: dict[str, Any]) -> Changed:
        return appliance.change(appliance_id=self.instance.pk, wanted=wanted, by=self.by, now=timezone.now())


class ApplianceAdmin(ServiceAdmin):
    form = ApplianceForm
    fixed = ["home"]
    actions = [switching.switch_on, switching.switch_off]
    list_display = ["name", "home", "circuit", "may_draw", "state", "priority", "kind"]
    list_filter = ["is_on", "home", "priority", "kind"]
    list_select_related = ["home", "circuit"]
    search_fields = ["name", "note", "circuit__name", "home__name"]
    ordering = ["home__name", "home_id", "id"]
    readonly_fields = ["state", "created_at"]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        fields: list[Any] = [(None, {"fields": ["home", "name", "kind", "circuit", "rated", "priority", "note"]})]
        fields.append((_("What VoltSafe may do with it"), {"fields": [*appliance.RULES]}))
        return [*fields, (_("As it stands"), {"fields": self.readonly_fields})] if obj else fields

    def get_changeform_initial_data(self, request: HttpRequest) -> Any:
        return {**choices.only_home(), **super().get_changeform_initial_data(request)}

    def remove(self, row: Appliance, by: By) -> Changed:
        return appliance.remove(appliance_id=row.pk, by=by, now=timezone.now())

    @admin.display(description=_("rated power"), ordering="rated")
    def may_draw(self, row: Appliance) -> str:
        return wording.watts(row.rated)

    @admin.display(description=_("state"), ordering="is_on")
    def state(self, row: Appliance) -> str:
        return wording.state(row.is_on)
