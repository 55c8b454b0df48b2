"""Adding, changing and deleting rows of the admin by calling a use case, and by nothing else.

A service opens a durable transaction of its own, so Django's transaction around the admin's views must not be there.
The call is the last step of validating the form: what the service refuses is an error of the form, and what it wrote
is what the admin shows.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, Protocol

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.models import LogEntry
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.decorators import method_decorator
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_protect

from appliances.admin import asking, saying
from appliances.services.actor import By
from appliances.services.cleaning import Invalid
from appliances.services.outcome import Missing

COLUMNS = {"circuit": "circuit_id", "parent": "parent_id"}
"""What a form calls by its row, the services call by its column."""

GONE = gettext_lazy("It was saved, and somebody has removed it since.")


class Written(Protocol):
    """What a use case says it wrote."""

    @property
    def subject_id(self) -> int | None: ...


class ServiceForm(forms.ModelForm):  # type: ignore[type-arg]
    """A form whose last step of validation is the use case itself."""

    by: By
    """Who asks; the admin sets it on the class it makes for each request."""
    problem = ""
    """Why a password that came with the form did not count."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            # The page carries what it showed, so that saving it changes what was changed on it and nothing else.
            field.show_hidden_initial = self.instance.pk is not None

    def add(self, wanted: dict[str, Any]) -> Written:
        raise NotImplementedError

    def change(self, wanted: dict[str, Any]) -> Written:
        raise NotImplementedError

    def wanted(self) -> dict[str, Any]:
        """What the person asks for, by the services' names: rows as their ids."""
        names: Iterable[str] = self.fields if self.instance.pk is None else self.changed_data
        asked = {COLUMNS.get(name, name): self.cleaned_data[name] for name in names}
        return {name: value.pk if isinstance(value, Model) else value for name, value in asked.items()}

    def _post_clean(self) -> None:
        # In place of the model's own validation, which the service runs under its lock.
        if self.errors:
            return
        call = self.add if self.instance.pk is None else self.change
        try:
            changed = call(self.wanted())
        except Invalid as why:
            self._say_invalid(why)
        except saying.NAMED as why:
            self.add_error(self.field_of(why), self.sentence(why))
        else:
            self._show(changed)

    def _show(self, changed: Written) -> None:
        row = self._meta.model._default_manager.filter(pk=changed.subject_id).first()
        if row is None:
            self.add_error(None, GONE)
        else:
            self.instance = row

    def field_of(self, why: Exception) -> str | None:
        """Where on the form it stands what the use case said no with; None is above all fields."""
        return None

    def sentence(self, why: Exception) -> str:
        return saying.sentence(why)

    def _say_invalid(self, why: Invalid) -> None:
        fields = {column: name for name, column in COLUMNS.items()}
        for name, texts in why.errors.items():
            field = fields.get(name, name)
            for text in texts:
                self.add_error(field if field in self.fields else None, text)


class ServiceAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """The admin of rows that only services write."""

    form = ServiceForm
    list_per_page = 50
    fixed: Sequence[str] = ()
    """Fields that are chosen when adding and stay so."""

    def remove(self, row: Any, by: By) -> object:
        raise NotImplementedError

    def going_along(self, rows: Sequence[Any]) -> Sequence[Model]:
        """What is deleted with these rows."""
        return ()

    @method_decorator(csrf_protect)
    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        try:
            return self._changeform_view(request, object_id, form_url, extra_context)  # type: ignore[attr-defined, no-any-return]
        except Missing as why:  # found, and removed before its form was made
            raise Http404(str(why)) from why

    @method_decorator(csrf_protect)
    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        try:
            return self._delete_view(request, object_id, extra_context)  # type: ignore[attr-defined, no-any-return]
        except saying.NAMED as why:
            self.message_user(request, saying.sentence(why), messages.ERROR)
            return redirect(request.get_full_path())

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:  # noqa: FBT001, FBT002
        made = super().get_form(request, obj, change=change, **kwargs)
        made.by, made.problem = asking.by(request), asking.problem(request)  # type: ignore[attr-defined]
        return made

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return [*super().get_readonly_fields(request, obj), *(self.fixed if obj else ())]

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        made = super().formfield_for_dbfield(db_field, request, **kwargs)
        if made and isinstance(made.widget, RelatedFieldWidgetWrapper):
            made.widget = made.widget.widget  # no pop-ups: what is refused needs a page to say so
        return made

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: Any) -> None:
        """Nothing: the form's last step has written it."""

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        self.remove(obj, asking.by(request))
        super().log_deletions(request, [obj])  # type: ignore[arg-type]

    def log_deletions(self, request: HttpRequest, queryset: Any) -> list[LogEntry]:
        """Nothing: `delete_model` logs it once it is true."""
        return []

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[Any], dict[str, int], set[str], list[str]]:
        """For the page that asks. Nothing is protected here: what stands in the way is for the service to say."""
        rows = list(objs)
        going = [*rows, *self.going_along(rows)]
        counts = Counter(str(row._meta.verbose_name_plural) for row in going)
        forbidden = {
            str(model._meta.verbose_name)
            for model in {type(row) for row in going}
            if not self.admin_site.get_model_admin(model).has_delete_permission(request)
        }
        return [f"{capfirst(row._meta.verbose_name)}: {row}" for row in going], dict(counts), forbidden, []
