"""A snapshot as a screen on the wall shows it: what is free, and large tiles that are held to switch."""

from dataclasses import dataclass, replace

from django.urls import reverse

from appliances.models import Appliance
from appliances.presentation import board, cards, notices
from appliances.presentation.snapshot import Snapshot
from appliances.presentation.views import Answer, ApplianceCard, LimitLine, Meter, Overload, Pulse
from appliances.services import access
from appliances.services.access import May


@dataclass(frozen=True, slots=True)
class WallScreen:
    """Everything on a wall screen that changes with the home."""

    home_id: int
    home_name: str
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
        revision=at.home.revision,
        may_switch=access.may(role, May.SWITCH),
        timezone=at.home.timezone,
        meter=board.meter(at),
        overloads=tuple(_overload(one) for one in notices.overloads(at, role)),
        pulse=notices.pulse(at.controller.mode, at.home.timezone, at.controller_ran_at, at.now),
        limits=notices.limits(at, role),
        tiles=tuple(_tile(at, one, role) for row in at.circuits for one in at.plugged_in(row.pk)),
    )


def _tile(at: Snapshot, row: Appliance, role: str) -> ApplianceCard:
    """The card of the board with the commands of a wall; a wish to wait is offered with a refusal."""
    card = cards.card(at, row, role)
    claim = card.claim and replace(
        card.claim, cancel_url=card.claim.cancel_url and reverse("wall_cancel_wait", args=[row.pk])
    )
    switch_url = reverse("wall_switch", args=[row.pk]) if card.may_switch else ""
    return replace(card, switch_url=switch_url, wait_url="", edit_url="", claim=claim)


def _overload(of: Overload) -> Overload:
    ways = (replace(way, url=reverse("wall_switch", args=[way.appliance_id]), held=True) for way in of.ways)
    return replace(of, ways=tuple(ways))


def held(said: Answer) -> Answer:
    """The same words, with the ways out that a wall has."""
    swap_url = said.swap_url and reverse("wall_swap", args=[said.appliance_id])
    wait_url = said.wait_url and reverse("wall_wait", args=[said.appliance_id])
    return replace(said, swap_url=swap_url, wait_url=wait_url, held=True)
