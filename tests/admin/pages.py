"""The pages of the administration as a browser has them: addresses, forms, and what is said."""

from typing import Any

from django.contrib.messages import get_messages
from django.db.models import Model
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse


def url(page: str, of: Model | type[Model]) -> str:
    """`url("change", kettle)`, `url("changelist", Appliance)`."""
    args = [of.pk] if isinstance(of, Model) else []
    return reverse(f"admin:{of._meta.app_label}_{of._meta.model_name}_{page}", args=args)


def opened(admin: Client, address: str) -> dict[str, Any]:
    """Everything the form on a page would send if it were saved untouched."""
    form = admin.get(address).context["adminform"].form
    sent: dict[str, Any] = {}
    for field in form:
        if isinstance(value := field.value(), bool):
            sent |= {field.html_name: "on"} if value else {}
        else:
            sent[field.html_name] = "" if value is None else value
        if field.field.show_hidden_initial:
            sent[field.html_initial_name] = sent.get(field.html_name, "")
    return sent


def edit(admin: Client, row: Model, **changes: Any) -> HttpResponse:
    """Open the form of a row, change these fields on it, save."""
    address = url("change", row)
    return admin.post(address, {**opened(admin, address), **changes})


def add(admin: Client, model: type[Model], **fields: Any) -> HttpResponse:
    address = url("add", model)
    return admin.post(address, {**opened(admin, address), **fields})


def delete(admin: Client, row: Model) -> HttpResponse:
    return admin.post(url("delete", row), {"post": "yes"})


def act(admin: Client, action: str, *rows: Model, **more: str) -> HttpResponse:
    """Tick these rows in their list and run an action on them."""
    chosen = {"action": action, "_selected_action": [row.pk for row in rows], **more}
    return admin.post(url("changelist", type(rows[0])), chosen)


def errors(answer: HttpResponse) -> dict[str, list[str]]:
    """What the form came back with; nothing where there is no form, because it was saved."""
    context = getattr(answer, "context", None)
    return dict(context["adminform"].form.errors) if context and "adminform" in context else {}


def said(answer: HttpResponse) -> list[str]:
    """The messages that wait to be shown, in their order."""
    return [one.message for one in get_messages(answer.wsgi_request)]
