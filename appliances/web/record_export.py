"""The record as a file, for owners: what the page shows with the same filters, as CSV or JSON."""

import threading
from collections.abc import Iterator

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from appliances.models import Decision, Home
from appliances.presentation import record_files
from appliances.services import access, record
from appliances.services.access import May
from appliances.services.outcome import Busy
from appliances.web import asking, errors
from appliances.web.record_form import RecordForm

MEDIA_TYPES = {"csv": "text/csv; charset=utf-8", "json": "application/json"}
ONE_AT_A_TIME = threading.Lock()
"""A file takes seconds of a processor and a part of the memory: a process makes one, and its other threads serve."""


@require_safe
@errors.named
def export(request: HttpRequest, slug: str, kind: str) -> HttpResponse:
    home, _role = access.home_at(asker=asking.of(request), slug=slug, capability=May.MANAGE)
    form = RecordForm(request.GET)
    if not form.is_valid():
        return redirect(f"{reverse('decisions', args=[slug])}?{request.GET.urlencode()}")
    if not ONE_AT_A_TIME.acquire(blocking=False):
        raise Busy(_("Another file is being made. Try again in a few seconds."))
    try:
        content = _made(request, home, kind, form)
    finally:
        ONE_AT_A_TIME.release()
    name = record_files.name_of(home, kind, timezone.now())
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
    return HttpResponse(content, content_type=MEDIA_TYPES[kind], headers=headers)


def addresses(home: Home, form: RecordForm) -> list[tuple[str, str]]:
    """Each kind of file and where it is, with what the form asks for."""
    return [(kind.upper(), _address(home, kind, form)) for kind in MEDIA_TYPES]


def _made(request: HttpRequest, home: Home, kind: str, form: RecordForm) -> bytes:
    def rest(last: int) -> str:
        return request.build_absolute_uri(_address(home, kind, form, before=last))

    rows, let_go = _rows(home, form), record.let_go(home)
    kept_since = let_go.at if let_go else None
    if kind == "csv":
        return record_files.as_csv(home, rows, rest, kept_since=kept_since)
    asked = dict(form.asked())
    return record_files.as_json(home, rows, rest, looked_for=asked, kept_since=kept_since, now=timezone.now())


def _rows(home: Home, form: RecordForm) -> Iterator[Decision]:
    people, most = record.people_of(home), record_files.MOST + 1
    return record.every(home, people=people, most=most, before=form.before(), of=form.looked_for())


def _address(home: Home, kind: str, form: RecordForm, **more: int) -> str:
    return reverse(f"decisions_{kind}", args=[home.slug]) + form.query(**more)
