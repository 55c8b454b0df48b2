"""The appliances in the home's order, the most important first, with what VoltSafe may do to each."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from appliances.models import Appliance
from appliances.presentation import telling, wording
from appliances.presentation.snapshot import Snapshot
from appliances.services import ordering


@dataclass(frozen=True, slots=True)
class Flag:
    icon: str
    text: str


@dataclass(frozen=True, slots=True)
class OrderLine:
    id: int
    key: str
    place: int
    name: str
    kind: str
    watts_text: str
    circuit_name: str
    is_on: bool
    state_text: str
    is_first: bool
    is_last: bool
    flags: tuple[Flag, ...]


def lines(at: Snapshot) -> tuple[OrderLine, ...]:
    rows = {row.pk: row for row in at.appliances}
    order = ordering.current(rows.values())
    return tuple(_line(at, rows[pk], place, len(order)) for place, pk in enumerate(order, start=1))


def _line(at: Snapshot, row: Appliance, place: int, total: int) -> OrderLine:
    return OrderLine(
        id=row.pk,
        key=str(row.pk),
        place=place,
        name=row.name,
        kind=row.kind,
        watts_text=wording.watts(row.rated),
        circuit_name=at.tree.breaker(row.circuit_id).name,
        is_on=row.is_on,
        state_text=wording.state(row.is_on),
        is_first=place == 1,
        is_last=place == total,
        flags=tuple(_flags(row)),
    )


def _flags(row: Appliance) -> list[Flag]:
    return [*_shedding(row), *_timer(row)]


def _shedding(row: Appliance) -> list[Flag]:
    if not row.may_be_shed:
        return [Flag("lock", _("Never switched off to make room"))]
    flags = [Flag("action-shed", _("May be switched off"))]
    if not row.may_be_interrupted:
        flags.append(Flag("rest", _("Not in the middle of a cycle")))
    back = Flag("returns", _("Comes back by itself"))
    return [*flags, back if row.returns_by_itself else Flag("mode-off", _("Stays off then"))]


def _timer(row: Appliance) -> list[Flag]:
    if row.max_on_seconds is None:
        return []
    return [Flag("rest", _("Off after %(time)s") % {"time": telling.duration(row.max_on_seconds)})]
