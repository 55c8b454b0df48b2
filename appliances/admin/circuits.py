"""Circuits: what feeds them and what they may carry."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from appliances.admin import asking, choices, columns, guarded
from appliances.admin.guarded import GuardedForm
from appliances.admin.through_services import ServiceAdmin
from appliances.models import Circuit
from appliances.presentation import wording
from appliances.services import circuit
from appliances.services.actor import By
from appliances.services.outcome import Changed


class CircuitForm(GuardedForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "parent" in self.fields:
            choices.offer(self, "parent", besides=self.instance.pk)

    def add(self, wanted: dict[str, Any]) -> Changed:
        return circuit.add(home_id=wanted.pop("home"), wanted=wanted, by=self.by, now=timezone.now())

    def change(self, wanted: dict[str, Any]) -> Changed:
        return circuit.change(circuit_id=self.instance.pk, wanted=wanted, by=self.by, now=timezone.now())


class CircuitAdmin(ServiceAdmin):
    form = CircuitForm
    fixed = ["home"]
    list_display = ["name", "home", "parent", "carried", "may_carry", "utilisation", "status"]
    list_filter = ["home"]
    list_select_related = ["home", "parent"]
    search_fields = ["name", "home__name"]
    ordering = ["home__name", "home_id", "id"]
    readonly_fields = ["carried", "utilisation", "status", "created_at"]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        fields: list[Any] = [(None, {"fields": ["home", "name", "parent", "limit"]})]
        if self.has_change_permission(request, obj):
            fields.append(guarded.fieldset(*([asking.PASSWORD, asking.CODE] if obj else [asking.CODE])))
        return [*fields, (_("As it stands"), {"fields": self.readonly_fields})] if obj else fields

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        found = super().get_readonly_fields(request, obj)
        return [*found, "parent"] if obj and obj.parent_id is None else found

    def get_changeform_initial_data(self, request: HttpRequest) -> Any:
        return {**choices.only_home(), **super().get_changeform_initial_data(request)}

    def remove(self, row: Circuit, by: By) -> Changed:
        return circuit.remove(circuit_id=row.pk, by=by, now=timezone.now())

    @admin.display(description=_("load"), ordering="load")
    def carried(self, row: Circuit) -> str:
        return wording.watts(row.load)

    @admin.display(description=_("limit"), ordering="limit")
    def may_carry(self, row: Circuit) -> str:
        return wording.watts(row.limit)

    @admin.display(description=_("utilisation"))
    def utilisation(self, row: Circuit) -> str:
        return columns.utilisation(row.load, row.limit)

    @admin.display(description=_("status"))
    def status(self, row: Circuit) -> str:
        return columns.status_word(row.load, row.limit, row.home)
