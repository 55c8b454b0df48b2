"""What goes over the wire for a state and for a change of state; a POST answers with the same bytes.

A full frame replaces everything that changes with the home. A change frame holds the fragments that differ between
two boards, so that the old page and the frame together are the new page (tests/presentation/test_push_equals_page).
"""

from collections.abc import Callable, Collection, Hashable, Iterable
from operator import attrgetter

from django.utils.safestring import SafeString

from appliances.presentation import fragments
from appliances.presentation.views import Board, Pulse

SHOWS: dict[str, Callable[[Board], Hashable]] = {
    "overload_alarm": attrgetter("overloads"),
    "pulse_banner": attrgetter("pulse"),
    "limit_banner": attrgetter("limits"),
    "queue_panel": attrgetter("queue"),
    "meter": attrgetter("meter"),
    "feed": attrgetter("feed"),
}
"""The fragments that are about the home as a whole, and what of the board each shows. In a frame the feed is last."""

NOTICES = ("overload_alarm", "pulse_banner", "limit_banner")
"""Above everything else."""

RAIL = ("meter", "queue_panel", "feed")
"""Beside the board."""


def full(new: Board) -> SafeString:
    mark = fragments.revision(new.home_id, new.revision, new.lineage)
    *above, feed = _pushed(new, SHOWS)
    return fragments.joined([mark, *above, fragments.board(new), feed])


def change(old: Board, new: Board) -> SafeString:
    moved = [name for name, of in SHOWS.items() if of(old) != of(new)]
    parts = [fragments.revision(new.home_id, new.revision, new.lineage, old.revision)]
    parts += _pushed(new, [name for name in moved if name != "feed"])
    parts += _sections(old, new) if _layout(old) == _layout(new) else [fragments.board(new)]
    return fragments.joined([*parts, *_pushed(new, [name for name in moved if name == "feed"])])


def shown(of: Board, names: Iterable[str]) -> SafeString:
    """As they stand in a page."""
    return fragments.joined(fragments.part(name, SHOWS[name](of)) for name in names)


def _pushed(of: Board, names: Iterable[str]) -> list[SafeString]:
    return [fragments.part(name, SHOWS[name](of), oob=True) for name in names]


def touched(
    new: Board, appliances: Collection[int], circuits: Collection[int], *, queue: bool = False
) -> list[SafeString]:
    """The pieces a decision touched, for the one who asked; what else it moved arrives with the push."""
    parts = [fragments.meter(new.meter)]
    if queue:
        parts.append(fragments.queue_panel(new.queue))
    for section in new.sections:
        if section.circuit.id in circuits:
            parts.append(fragments.circuit_bar(section.circuit))
        parts += [fragments.appliance_card(card) for card in section.appliances if card.id in appliances]
    return [*parts, fragments.feed(new.feed)]


def heartbeat(home_id: int, revision: int, lineage: str, pulse: Pulse | None = None) -> SafeString:
    """The newest revision, and whether a controller runs: one that died makes no revision that would say so."""
    mark = fragments.revision(home_id, revision, lineage, heartbeat=True)
    return mark if pulse is None else fragments.joined([mark, fragments.pulse_banner(pulse)])


def _layout(of: Board) -> object:
    """What must be equal for fragments to be swapped one by one: which there are, where, and what is around them."""
    return of.role, [
        (
            section.circuit.id,
            section.circuit.name,
            section.circuit.depth,
            [(card.id, card.name, card.kind) for card in section.appliances],
        )
        for section in of.sections
    ]


def _sections(old: Board, new: Board) -> list[SafeString]:
    parts: list[SafeString] = []
    for before, after in zip(old.sections, new.sections, strict=True):
        # Most are the very same: bars and tiles are made once for the same values.
        if before.circuit is not after.circuit and before.circuit != after.circuit:
            parts.append(fragments.circuit_bar(after.circuit))
        pairs = zip(before.appliances, after.appliances, strict=True)
        parts += [fragments.appliance_card(now) for was, now in pairs if was is not now and was != now]
    return parts
