"""What goes over the wire for a state and for a change of state; a POST answers with the same bytes.

A full frame replaces everything that changes with the home. A change frame holds the fragments that differ between
two boards, so that the old page and the frame together are the new page (tests/presentation/test_push_equals_page).
"""

from collections.abc import Callable, Collection

from django.utils.safestring import SafeString

from appliances.presentation import fragments
from appliances.presentation.views import Board, Pulse

NOTICES: tuple[tuple[Callable[[Board], object], Callable[[Board], SafeString]], ...] = (
    (lambda of: of.overloads, lambda of: fragments.overload_alarm(of.overloads)),
    (lambda of: of.pulse, lambda of: fragments.pulse_banner(of.pulse)),
    (lambda of: of.limits, lambda of: fragments.limit_banner(of.limits)),
    (lambda of: of.queue, lambda of: fragments.queue_panel(of.queue)),
)
"""What is about the home as a whole, beside its meter: what of the board each shows, and how it is drawn."""


def full(new: Board) -> SafeString:
    mark = fragments.revision(new.home_id, new.revision)
    notices = [draw(new) for _shown, draw in NOTICES]
    parts = [mark, *notices, fragments.meter(new.meter), fragments.board(new), fragments.feed(new.feed)]
    return fragments.joined(parts)


def change(old: Board, new: Board) -> SafeString:
    parts = [fragments.revision(new.home_id, new.revision, old.revision)]
    parts += [draw(new) for shown, draw in NOTICES if shown(old) != shown(new)]
    if old.meter != new.meter:
        parts.append(fragments.meter(new.meter))
    parts += _sections(old, new) if _layout(old) == _layout(new) else [fragments.board(new)]
    if old.feed != new.feed:
        parts.append(fragments.feed(new.feed))
    return fragments.joined(parts)


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


def heartbeat(home_id: int, revision: int, pulse: Pulse | None = None) -> SafeString:
    """The newest revision, and whether a controller runs: one that died makes no revision that would say so."""
    mark = fragments.revision(home_id, revision, heartbeat=True)
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
        if before.circuit != after.circuit:
            parts.append(fragments.circuit_bar(after.circuit))
        pairs = zip(before.appliances, after.appliances, strict=True)
        parts += [fragments.appliance_card(now) for was, now in pairs if was != now]
    return parts
