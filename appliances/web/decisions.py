"""The record of a home, newest first, page by page; owners also read what concerns the accounts of its people."""

from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from appliances.models import Decision
from appliances.presentation import board, record_files
from appliances.presentation.views import Feed
from appliances.presentation.watts_text import THIN_SPACE
from appliances.services import access, record
from appliances.services.access import May
from appliances.web import asking, errors, record_export
from appliances.web.record_form import RecordForm

PAGE = 50


@require_safe
@errors.named
def decisions(request: HttpRequest, slug: str) -> HttpResponse:
    home, role = access.home_at(asker=asking.of(request), slug=slug, capability=May.LOOK)
    is_owner = access.may(role, May.MANAGE)
    form, people = RecordForm(request.GET), record.people_of(home) if is_owner else {}
    is_valid = form.is_valid()
    found: list[Decision] = []
    if is_valid:
        found = record.newest(home, people=people, most=PAGE + 1, before=form.before(), of=form.looked_for())
    has_more = len(found) > PAGE
    kept_since = None if has_more else record.let_go(home)
    url = reverse("decisions", args=[slug])
    context = {
        "feed": Feed(board.lines(home, found[:PAGE], with_year=True), url),
        "form": form,
        "asked": form.said(),
        "next_url": url + form.query(before=found[PAGE - 1].pk) if has_more else "",
        "kept_since": kept_since and kept_since.at.astimezone(ZoneInfo(home.timezone)).date(),
        "is_owner": is_owner,
        "people": list(people.values()),
        "files": record_export.addresses(home, form) if is_owner and is_valid else [],
        "most": f"{record_files.MOST:,}".replace(",", THIN_SPACE),
        "home_name": home.name,
        "home_url": reverse("home", args=[slug]),
        "timezone": home.timezone,
    }
    return render(request, "appliances/decisions.html", context, status=200 if is_valid else 422)
