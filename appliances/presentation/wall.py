"""A snapshot as a screen on the wall shows it: what is free, and large tiles that are held to switch."""

from dataclasses import dataclass, replace
from functools import lru_cache

from appliances.presentation import board, notices
from appliances.presentation.addresses import address
from appliances.presentation.cards import MOST, cards
from appliances.presentation.snapshot import Snapshot
from appliances.presentation.views import Answer, ApplianceCard, LimitLine, Meter, Overload, Pulse
from appliances.services import access
from appliances.services.access import May


@dataclass(frozen=True, slots=True)
class WallScreen:
    """Everything on a wall screen that changes with the home."""

    home_id: int
    home_name: str
    lineage: str
    revision: int
    may_switch: bool
    timezone: str
    meter: Meter
    overloads: tuple[Overload, ...]
    pulse: Pulse
    limits: tuple[LimitLine, ...]
    tiles: tuple[ApplianceCard, ...]


def screen(at: Snapshot, role: str) -> WallScreen:
    return WallScreen(
        home_id=at.home.pk,
        home_name=at.home.name,
        lineage=at.home.lineage,
        revision=at.home.revision,
        may_switch=access.may(role, May.SWITCH),
        timezone=at.home.timezone,
        meter=board.meter(at),
        overloads=tuple(_overload(one) for one in notices.overloads(at, role)),
        pulse=notices.pulse(at.controller.mode, at.home.timezone, at.controller_ran_at, at.now),
        limits=notices.limits(at, role),
        tiles=tuple(_tile(one) for row in at.circuits for one in cards(at, row.pk, role)),
    )


@lru_cache(maxsize=MOST)
def _tile(card: ApplianceCard) -> ApplianceCard:
    """The card of the board with the commands of a wall; a wish to wait is offered with a refusal."""
    claim = card.claim and replace(
        card.claim, cancel_url=card.claim.cancel_url and address("wall_cancel_wait", card.id)
    )
    switch_url = address("wall_switch", card.id) if card.may_switch else ""
    return replace(card, switch_url=switch_url, wait_url="", edit_url="", claim=claim)


def _overload(of: Overload) -> Overload:
    ways = (replace(way, url=address("wall_switch", way.appliance_id), held=True) for way in of.ways)
    return replace(of, ways=tuple(ways))


def held(said: Answer) -> Answer:
    """The same words, with the ways out that a wall has."""
    swap_url = said.swap_url and address("wall_swap", said.appliance_id)
    wait_url = said.wait_url and address("wall_wait", said.appliance_id)
    return replace(said, swap_url=swap_url, wait_url=wait_url, held=True)
