"""The homes of a person for the header of every page, so that they switch between them from wherever they are."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from appliances.models import Home, User


@dataclass(frozen=True, slots=True)
class Place:
    name: str
    url: str
    is_here: bool


def switcher(request: HttpRequest) -> dict[str, Any]:
    """A context processor: one query for a page with a header of ours; nothing to switch where there is one home."""
    at = request.resolver_match
    user = getattr(request, "user", None)
    has_header = at is not None and at.app_name != "admin" and not getattr(request, "htmx", False)
    if not has_header or not isinstance(user, User):
        return {}
    here = at.kwargs.get("slug") if at else None
    homes = Home.objects.of(user).values_list("name", "slug")
    places = tuple(Place(name, reverse("home", args=[slug]), slug == here) for name, slug in homes)
    return {"places": places if len(places) > 1 else ()}
