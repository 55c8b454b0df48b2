"""The only caller of render_to_string: every piece of HTML that a page includes, a POST answers and a socket pushes."""

from django.template.loader import render_to_string
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


def _fragment(name: str, **context: object) -> SafeString:
    return render_to_string(f"appliances/fragments/{name}.html", {**context, "oob": True})


def meter(of: Meter) -> SafeString:
    return _fragment("meter", meter=of)


def circuit_bar(of: CircuitBar) -> SafeString:
    return _fragment("circuit_bar", bar=of)


def appliance_card(of: ApplianceCard) -> SafeString:
    return _fragment("appliance_card", card=of)


def feed(of: Feed) -> SafeString:
    return _fragment("feed", feed=of)


def board(of: Board) -> SafeString:
    return _fragment("board", board=of)


def overload_alarm(of: tuple[Overload, ...]) -> SafeString:
    return _fragment("overload_alarm", overloads=of)


def pulse_banner(of: Pulse) -> SafeString:
    return _fragment("pulse_banner", pulse=of)


def limit_banner(of: tuple[LimitLine, ...]) -> SafeString:
    return _fragment("limit_banner", limits=of)


def queue_panel(of: tuple[QueueLine, ...]) -> SafeString:
    return _fragment("queue_panel", queue=of)


def wall_meter(of: Meter) -> SafeString:
    return _fragment("wall_meter", meter=of)


def wall_tile(of: ApplianceCard) -> SafeString:
    return _fragment("wall_tile", card=of)


def wall_tiles(of: WallScreen) -> SafeString:
    return _fragment("wall_tiles", screen=of)


def answer(of: Answer) -> SafeString:
    return _fragment("answer", answer=of)


def revision(home_id: int, number: int, previous: int | None = None, *, heartbeat: bool = False) -> SafeString:
    """The ordering mark that every frame begins with; `previous` is the revision the frame builds on."""
    return _fragment("revision", home_id=home_id, revision=number, previous=previous, heartbeat=heartbeat)


def joined(parts: list[SafeString]) -> SafeString:
    return mark_safe("\n".join(parts))  # noqa: S308  # every part was escaped by its template
