"""Homes, each with the limit of its main circuit."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Count, Model, Prefetch, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from appliances.admin import asking, columns, guarded
from appliances.admin.guarded import GuardedForm
from appliances.admin.through_services import ServiceAdmin
from appliances.models import Appliance, Circuit, Home, Membership, User
from appliances.presentation import wording
from appliances.services import home
from appliances.services.actor import By
from appliances.services.outcome import Changed


class HomeForm(GuardedForm):
    limit = Circuit._meta.get_field("limit").formfield(
        label=_("Limit of the supply (W)"), help_text=_("The limit of its main circuit.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is not None:
            self.initial[home.LIMIT] = home.main_of(self.instance).limit

    def change(self, wanted: dict[str, Any]) -> Changed:
        return home.change(home_id=self.instance.pk, wanted=wanted, by=self.by, now=timezone.now())


class AddHomeForm(HomeForm):
    owner = forms.ModelChoiceField(
        User.objects.filter(is_active=True).order_by("username"),
        label=_("Owner"),
        required=False,
        help_text=_("Without one the home is seen in this administration only, until a membership is added."),
    )

    def add(self, wanted: dict[str, Any]) -> Changed:
        wanted.pop("owner")
        return home.add(wanted=wanted, owner=self.cleaned_data["owner"], by=self.by, now=timezone.now())


class HomeAdmin(ServiceAdmin):
    form = HomeForm
    list_display = ["name", "slug", "load", "supply", "utilisation", "status", "appliances_on", "revision"]
    search_fields = ["name", "slug"]
    ordering = ["name", "id"]
    readonly_fields = ["slug", "load", "supply", "utilisation", "status", "appliances_on", "revision", "created_at"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Home]:
        mains = Prefetch("circuits", Circuit.objects.filter(parent=None), to_attr="mains")
        on = Count("appliances", filter=Q(appliances__is_on=True))
        return Home.objects.annotate(on=on, total=Count("appliances")).prefetch_related(mains)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:  # noqa: FBT001, FBT002
        return super().get_form(request, obj, change, **{"form": self.form if obj else AddHomeForm, **kwargs})

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        fields = [*home.FIELDS[:1], home.LIMIT, *home.FIELDS[1:]]
        if obj is None:
            return [(None, {"fields": [*fields, "owner"]})]
        as_it_stands = (_("As it stands"), {"fields": self.readonly_fields})
        if not self.has_change_permission(request, obj):
            fields.remove(home.LIMIT)
            return [(None, {"fields": fields}), as_it_stands]
        return [(None, {"fields": fields}), guarded.fieldset(asking.PASSWORD, asking.CODE), as_it_stands]

    def get_changeform_initial_data(self, request: HttpRequest) -> Any:
        return {home.LIMIT: home.DEFAULT_LIMIT, "owner": request.user, **super().get_changeform_initial_data(request)}

    def remove(self, row: Home, by: By) -> Changed:
        return home.remove(home_id=row.pk, by=by, now=timezone.now())

    def going_along(self, rows: Sequence[Home]) -> Sequence[Model]:
        return [
            *Circuit.objects.filter(home__in=rows),
            *Appliance.objects.filter(home__in=rows),
            *Membership.objects.filter(home__in=rows).select_related("user", "home"),
        ]

    @admin.display(description=_("load"))
    def load(self, row: Home) -> str:
        return wording.watts(main_of(row).load)

    @admin.display(description=_("limit"))
    def supply(self, row: Home) -> str:
        return wording.watts(main_of(row).limit)

    @admin.display(description=_("utilisation"))
    def utilisation(self, row: Home) -> str:
        return columns.utilisation(main_of(row).load, main_of(row).limit)

    @admin.display(description=_("status"))
    def status(self, row: Home) -> str:
        return columns.status_word(main_of(row).load, main_of(row).limit, row)

    @admin.display(description=_("appliances"))
    def appliances_on(self, row: Any) -> str:
        return wording.on_count(row.on, row.total)


def main_of(row: Any) -> Circuit:
    """Fetched with the list; every home has exactly one."""
    found: Circuit = row.mains[0]
    return found
