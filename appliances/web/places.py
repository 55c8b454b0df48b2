"""The homes of a person for the header of every page, so that they switch between them from wherever they are."""

from typing import Any

from django.http import HttpRequest

from appliances.models import Home, User
from appliances.models.prepared import Prepared
from appliances.presentation.addresses import address
from appliances.presentation.around import Place

HOMES = Prepared[Home](Home.objects.of, int)


def switcher(request: HttpRequest) -> dict[str, Any]:
    """A context processor: one query for a page with a header of ours; nothing to switch where there is one home."""
    at = request.resolver_match
    user = getattr(request, "user", None)
    has_header = at is not None and at.app_name != "admin" and not getattr(request, "htmx", False)
    if not has_header or not isinstance(user, User):
        return {}
    return {"places": of(user, here=at.kwargs.get("slug", "") if at else "")}


def of(user: User, *, here: str) -> tuple[Place, ...]:
    """Nothing where there is nothing to switch to."""
    found = tuple(Place(row.name, address("home", row.slug), row.slug == here) for row in HOMES.all(user.pk))
    return found if len(found) > 1 else ()
