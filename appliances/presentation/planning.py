"""What if these were on together: whether it fits, where not, and the bars as they would be."""

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from appliances.balancer import overload, units
from appliances.balancer.admission import Refused
from appliances.balancer.tree import Tree
from appliances.presentation import headroom, wording
from appliances.presentation.headroom import Reading
from appliances.presentation.snapshot import Snapshot
from appliances.services import planning


@dataclass(frozen=True, slots=True)
class PlanLine:
    id: int
    name: str
    kind: str
    watts_text: str
    is_chosen: bool
    is_on: bool


@dataclass(frozen=True, slots=True)
class PlanSection:
    name: str
    depth: int
    lines: tuple[PlanLine, ...]


@dataclass(frozen=True, slots=True)
class PlanBar:
    id: int
    name: str
    depth: int
    reading: Reading
    load_text: str
    limit_text: str
    now_percent: Decimal | None
    """Where it is now, if that is elsewhere."""
    cap_text: str


@dataclass(frozen=True, slots=True)
class Plan:
    fits: bool
    verdict: str
    reasons: tuple[str, ...]
    ways: tuple[str, ...]
    bars: tuple[PlanBar, ...]
    sections: tuple[PlanSection, ...]


def on_now(at: Snapshot) -> frozenset[int]:
    return frozenset(row.pk for row in at.appliances if row.is_on)


def plan(at: Snapshot, chosen: Collection[int]) -> Plan:
    """Exactly the chosen ones on. Nothing is switched, nothing is recorded."""
    there = {load.id for load in at.tree.loads}
    wanted, now = frozenset(chosen) & there, on_now(at)
    # What is on and stays on is named by neither, so that leaving it out may be proposed.
    planned = planning.plan(at.tree, on=wanted - now, off=now - wanted)
    over = overload.overloads(planned.after)
    count = len(wanted)
    if over:
        verdict = ngettext("This one does not fit.", "These %(n)d do not fit together.", count) % {"n": count}
    else:
        verdict = ngettext("This one fits.", "These %(n)d fit together.", count) % {"n": count}
    if not count:
        verdict = _("Nothing is on.") if not over else verdict
    return Plan(
        fits=not over,
        verdict=verdict,
        reasons=tuple(_reason(one) for one in over),
        ways=_ways(planned.refused, wanted),
        bars=tuple(_bar(at, planned.after, row.pk) for row in at.circuits),
        sections=tuple(_sections(at, wanted)),
    )


def _reason(over: overload.Overload) -> str:
    return _("%(circuit)s would carry %(load)s of %(limit)s: %(short)s too much.") % {
        "circuit": over.breaker.name,
        "load": wording.watts(units.to_watts(over.load_mw)),
        "limit": wording.watts(units.to_watts(over.breaker.limit_mw)),
        "short": wording.watts(units.to_watts(over.exceeded_by_mw)),
    }


def _ways(refused: Refused | None, wanted: frozenset[int]) -> tuple[str, ...]:
    """What to leave out, by the same reckoning as a refusal."""
    if refused is None:
        return ()
    ways = [[load.name for load in way.off if load.id in wanted] for way in refused.ways]
    return tuple(_("without %(names)s") % {"names": wording.listed(names)} for names in ways if names)


def _bar(at: Snapshot, after: Tree, circuit_id: int) -> PlanBar:
    breaker = after.breaker(circuit_id)
    now = headroom.reading(at.home, at.carried_mw[circuit_id], breaker.limit_mw)
    then = headroom.reading(at.home, after.carried_mw(circuit_id), breaker.limit_mw)
    return PlanBar(
        id=circuit_id,
        name=breaker.name,
        depth=len(after.path(circuit_id)) - 1,
        reading=then,
        load_text=wording.watts(then.load),
        limit_text=wording.watts(then.limit),
        now_percent=now.percent if now.percent != then.percent else None,
        cap_text=headroom.cap_text(at, breaker),
    )


def _sections(at: Snapshot, wanted: frozenset[int]) -> list[PlanSection]:
    sections = []
    for row in at.circuits:
        lines = tuple(
            PlanLine(one.pk, one.name, one.kind, wording.watts(one.rated), one.pk in wanted, one.is_on)
            for one in at.appliances
            if one.circuit_id == row.pk
        )
        if lines:
            sections.append(PlanSection(row.name, len(at.tree.path(row.pk)) - 1, lines))
    return sections
