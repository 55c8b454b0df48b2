"""The one place that draws fragments: every piece of HTML that a page includes, a POST answers and a socket pushes."""

from collections.abc import Hashable, Iterable
from functools import lru_cache

from django.template import Context, Template
from django.template.loader import get_template
from django.utils import timezone, translation
from django.utils.safestring import SafeString, mark_safe

from appliances.presentation.views import (
    Answer,
    ApplianceCard,
    Board,
    CircuitBar,
    Feed,
    LimitLine,
    Meter,
    Overload,
    Pulse,
    QueueLine,
)
from appliances.presentation.wall import WallScreen

MOST = 8192
"""Pieces that are kept drawn: a tile takes about 2 kB."""

PARTS = {
    "meter": ("fragments/meter", "meter"),
    "circuit_bar": ("fragments/circuit_bar", "bar"),
    "appliance_card": ("fragments/appliance_card", "card"),
    "tile": ("includes/tile", "card"),
    "wall_meter": ("fragments/wall_meter", "meter"),
    "wall_tile": ("fragments/wall_tile", "card"),
    "feed": ("fragments/feed", "feed"),
    "feed_line": ("includes/feed_line", "line"),
    "pulse_banner": ("fragments/pulse_banner", "pulse"),
    "overload_alarm": ("fragments/overload_alarm", "overloads"),
    "limit_banner": ("fragments/limit_banner", "limits"),
    "queue_panel": ("fragments/queue_panel", "queue"),
}
"""What is drawn of one value alone, and so the same whenever that is the same: its template, and its name there."""


def part(name: str, of: Hashable, *, oob: bool = False) -> SafeString:
    return _drawn(name, of, oob, translation.get_language(), timezone.get_current_timezone_name())


def parts(name: str, each: Iterable[Hashable]) -> SafeString:
    """One after the other, as they stand in a page."""
    language, zone = translation.get_language(), timezone.get_current_timezone_name()
    return joined([_drawn(name, one, False, language, zone) for one in each])  # noqa: FBT003


@lru_cache(maxsize=MOST)
def _drawn(name: str, of: Hashable, oob: bool, _language: str | None, _zone: str) -> SafeString:  # noqa: FBT001
    template, key = PARTS[name]
    return rendered(f"appliances/{template}.html", {key: of, "oob": oob})


def _fragment(name: str, **context: object) -> SafeString:
    return rendered(f"appliances/fragments/{name}.html", {"oob": True, **context})


def rendered(template: str, context: dict[str, object]) -> SafeString:
    """Numbers as they are: those that are read are text by now, in the reader's language."""
    found: Template = get_template(template).template  # type: ignore[attr-defined]
    return found.render(Context(context, use_l10n=False))


def meter(of: Meter) -> SafeString:
    return part("meter", of, oob=True)


def circuit_bar(of: CircuitBar) -> SafeString:
    return part("circuit_bar", of, oob=True)


def appliance_card(of: ApplianceCard) -> SafeString:
    return part("appliance_card", of, oob=True)


def feed(of: Feed) -> SafeString:
    return part("feed", of, oob=True)


def board(of: Board) -> SafeString:
    return _fragment("board", board=of)


def board_shown(of: Board, said: Answer | None) -> SafeString:
    """As it stands in a page, with what was said to the one who reads it."""
    return _fragment("board", board=of, answer=said, oob=False)


def overload_alarm(of: tuple[Overload, ...]) -> SafeString:
    return part("overload_alarm", of, oob=True)


def pulse_banner(of: Pulse) -> SafeString:
    return part("pulse_banner", of, oob=True)


def limit_banner(of: tuple[LimitLine, ...]) -> SafeString:
    return part("limit_banner", of, oob=True)


def queue_panel(of: tuple[QueueLine, ...]) -> SafeString:
    return part("queue_panel", of, oob=True)


def wall_meter(of: Meter) -> SafeString:
    return part("wall_meter", of, oob=True)


def wall_tile(of: ApplianceCard) -> SafeString:
    return part("wall_tile", of, oob=True)


def wall_tiles(of: WallScreen) -> SafeString:
    return _fragment("wall_tiles", screen=of)


def answer(of: Answer) -> SafeString:
    return _fragment("answer", answer=of)


def revision(
    home_id: int, number: int, lineage: str, previous: int | None = None, *, heartbeat: bool = False
) -> SafeString:
    """The ordering mark that every frame begins with; `previous` is the revision the frame builds on."""
    counted = {"home_id": home_id, "lineage": lineage, "revision": number, "previous": previous}
    return _fragment("revision", **counted, heartbeat=heartbeat)


def revision_shown(home_id: int, number: int, lineage: str) -> SafeString:
    return _fragment("revision", home_id=home_id, lineage=lineage, revision=number, oob=False)


def joined(parts: Iterable[SafeString]) -> SafeString:
    return mark_safe("\n".join(parts))  # noqa: S308  # every part was escaped by its template
