"""What goes over the wire to a wall screen: as `frames` does for the board, for the same page and push."""

from collections.abc import Callable, Collection

from django.utils.safestring import SafeString

from appliances.presentation import fragments
from appliances.presentation.wall import WallScreen

PARTS: tuple[tuple[Callable[[WallScreen], object], Callable[[WallScreen], SafeString]], ...] = (
    (lambda of: of.overloads, lambda of: fragments.overload_alarm(of.overloads)),
    (lambda of: of.pulse, lambda of: fragments.pulse_banner(of.pulse)),
    (lambda of: of.limits, lambda of: fragments.limit_banner(of.limits)),
    (lambda of: of.meter, lambda of: fragments.wall_meter(of.meter)),
)
"""Everything above the tiles: what of the screen each shows, and how it is drawn."""


def full(new: WallScreen) -> SafeString:
    mark = fragments.revision(new.home_id, new.revision, new.lineage)
    return fragments.joined([mark, *(draw(new) for _shown, draw in PARTS), fragments.wall_tiles(new)])


def change(old: WallScreen, new: WallScreen) -> SafeString:
    parts = [fragments.revision(new.home_id, new.revision, new.lineage, old.revision)]
    parts += [draw(new) for shown, draw in PARTS if shown(old) != shown(new)]
    if _layout(old) == _layout(new):
        pairs = zip(old.tiles, new.tiles, strict=True)
        parts += [fragments.wall_tile(now) for was, now in pairs if was != now]
    else:
        parts.append(fragments.wall_tiles(new))
    return fragments.joined(parts)


def touched(new: WallScreen, appliances: Collection[int]) -> list[SafeString]:
    """The pieces a command touched, for the screen it was given on; what else it moved arrives with the push."""
    return [fragments.wall_meter(new.meter), *(fragments.wall_tile(one) for one in new.tiles if one.id in appliances)]


def _layout(of: WallScreen) -> object:
    return of.may_switch, [(one.id, one.name, one.kind) for one in of.tiles]
