"""The page around a board: it changes with who looks and not with the home, so it is drawn once for all that see it so.

What changes with the home, and what is secret, is put into its holes for each request. Whatever else the template
shows has to be in `Around`: it gets nothing but that.
"""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.safestring import SafeString, mark_safe

from appliances.presentation import fragments, frames
from appliances.presentation.addresses import address
from appliances.presentation.views import Answer, Board

MOST = 512
"""Pages around boards that are kept: one takes about 12 kB."""

_MARK = secrets.token_hex(16)
"""Known to nobody, so that no name of a home or an appliance makes a hole."""

_HOLE = re.compile(f"{_MARK}-([a-z]+)")
_HOLES = {name: mark_safe(f"{_MARK}-{name}") for name in ("mark", "notices", "rail", "board")}  # noqa: S308
_TOKEN = f"{_MARK}-token"


@dataclass(frozen=True, slots=True)
class Reader:
    """Whoever is signed in."""

    username: str
    is_staff: bool
    is_authenticated: bool = True


@dataclass(frozen=True, slots=True)
class Place:
    """A home to switch to."""

    name: str
    url: str
    is_here: bool


@dataclass(frozen=True, slots=True)
class Said:
    """A message of an earlier request that is shown once."""

    tags: str
    text: str

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Around:
    home_name: str
    home_slug: str
    may_edit: bool
    may_configure: bool
    may_manage: bool
    reader: Reader
    places: tuple[Place, ...]
    messages: tuple[Said, ...]


def page(of: Around, board: Board, answer: Answer | None, *, token: str) -> SafeString:
    """A home's page; `answer` is what was said to the one who reads it, `token` theirs against forged requests."""
    live = {
        "token": token,
        "mark": fragments.revision_shown(board.home_id, board.revision, board.lineage),
        "notices": frames.shown(board, frames.NOTICES),
        "rail": frames.shown(board, frames.RAIL),
        "board": fragments.board_shown(board, answer),
    }
    return _filled(_around(of, translation.get_language()), live)


def _filled(around: tuple[str, ...], live: Mapping[str, str]) -> SafeString:
    pieces = list(around)
    pieces[1::2] = [live[name] for name in pieces[1::2]]
    return mark_safe("".join(pieces))  # noqa: S308  # every piece was escaped by its template


@lru_cache(maxsize=MOST)
def _around(of: Around, _language: str | None) -> tuple[str, ...]:
    """What stands still, and between that the names of the holes."""
    slug = of.home_slug
    context = {
        "board": of,
        "user": of.reader,
        "places": of.places,
        "messages": of.messages,
        "live": _HOLES,
        "csrf_token": _TOKEN,
        "socket_url": f"/ws/homes/{slug}/",
        "board_url": address("board", slug),
        "add_appliance_url": address("appliance_add", slug),
        "add_circuit_url": address("circuit_add", slug),
        "edit_home_url": address("home_edit", slug),
        "limit_url": address("limit_add", slug),
        "order_url": address("order", slug),
        "people_url": address("people", slug),
        "walls_url": address("walls", slug),
        "plan_url": address("plan", slug),
        "controller_url": address("controller", slug),
        "record_url": address("decisions", slug),
        "homes_url": f"{address('home_list')}?all",
    }
    return tuple(_HOLE.split(render_to_string("appliances/home.html", context)))
