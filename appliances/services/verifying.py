"""Everything recomputed from raw rows and the decision record, and every difference named."""

from collections.abc import Iterator
from datetime import datetime

from django.db import connection
from django.utils import timezone

from appliances.balancer import units
from appliances.balancer.tree import BrokenTree, Tree
from appliances.interlock import guard
from appliances.models import Appliance, Checkpoint, Circuit, Decision, Home, TemporaryLimit
from appliances.services import appliance, belonging, changes, circuit, claims, home, reading
from appliances.services.facts import of_limit
from appliances.services.replaying import Fields, Replay


def differences() -> list[str]:
    """One line for everything that is not as it must be at this moment; nothing where all is well."""
    with reading.one_moment():
        return list(_differences())


def _differences() -> Iterator[str]:
    yield from (f"interlock: {line}" for line in guard.differences(connection))
    for row in Home.objects.order_by("id"):
        found = [*_of_rows(row), *_of_record(row)]
        yield from (f"{row.slug}: {line}" for line in found)


def _of_rows(row: Home) -> Iterator[str]:
    rows = list(Circuit.objects.filter(home=row).order_by("id"))
    mains = sum(one.parent_id is None for one in rows)
    if mains != 1:
        yield f"has {mains} main circuits; there must be one"
    strays = Appliance.objects.filter(home=row).exclude(circuit__home=row)
    yield from (f"{one.name} is plugged in at a circuit of another home" for one in strays)
    tree = reading.together(rows, Appliance.objects.filter(home=row).order_by("id"), (), timezone.now()).tree
    try:
        yield from _of_loads(tree, rows)
    except BrokenTree as why:
        yield f"its circuits are no tree: {why}"


def _of_loads(tree: Tree, rows: list[Circuit]) -> Iterator[str]:
    for one in rows:
        tree.path(one.pk)
        carried = units.to_watts(tree.carried_mw(one.pk))
        if one.load != carried:
            yield f"{one.name} says it carries {one.load} W; its appliances sum to {carried} W"
        if carried > one.limit:
            yield f"{one.name} carries {carried} W, over its limit of {one.limit} W"


def _of_record(row: Home) -> Iterator[str]:
    replay, decisions = Replay(), Decision.objects.filter(home=row).order_by("revision")
    checkpoint = Checkpoint.objects.filter(home=row).first()
    if checkpoint is not None:
        replay = Replay.kept(checkpoint.state)
        if count := decisions.filter(revision__lte=checkpoint.up_to).count():
            yield f"has {count} decisions on record that its checkpoint at revision {checkpoint.up_to} has let go"
    for decision in decisions.filter(revision__gt=replay.revision).iterator(chunk_size=500):
        yield from replay.play(decision)
    if replay.revision != row.revision:
        yield f"is at revision {row.revision}; its record ends at {replay.revision}"
    yield from _compared("home", {row.pk: replay.home}, {row.pk: (row.name, _fields(row, (*home.FIELDS, "slug")))})
    circuits = {one.pk: (one.name, _fields(one, circuit.FIELDS)) for one in Circuit.objects.filter(home=row)}
    yield from _compared("circuit", replay.circuits, circuits)
    loads = {one.pk: (one.name, _fields(one, appliance.RECORDED)) for one in Appliance.objects.filter(home=row)}
    yield from _compared("appliance", replay.appliances, loads)
    temporary = {one.pk: (str(one), _timeless(of_limit(one))) for one in TemporaryLimit.objects.filter(home=row)}
    told = {pk: _timeless(one) for pk, one in replay.limits.items()}
    yield from _compared("temporary limit", told, temporary)
    yield from _compared("member", replay.belonging.members, replay.belonging.members_there(row))
    yield from _compared("wall screen", replay.belonging.walls, belonging.walls_there(row))
    yield from _of_claims(row, replay)


def _of_claims(row: Home, replay: Replay) -> Iterator[str]:
    """What shall start or come back is off, and the record says that it shall."""
    for one in Appliance.objects.filter(home=row).select_related("wait", "shed").order_by("id"):
        waits, was_shed = claims.waiting(one) is not None, claims.shed(one) is not None
        if one.is_on and (waits or was_shed):
            yield f"{one.name} is on, and yet it waits to be switched on"
        if waits != (one.pk in replay.waiting):
            yield f"{one.name} {'waits' if waits else 'does not wait'}; the record says otherwise"
        if was_shed and one.pk not in replay.shed:
            yield f"{one.name} shall come back; the record does not say that it was shed"


def _timeless(limit: Fields) -> Fields:
    """The record keeps moments by the clock of the home, which may have moved since."""
    return {**limit, **{name: datetime.fromisoformat(limit[name]) for name in ("starts_at", "ends_at")}}


def _fields(row: Home | Circuit | Appliance, names: tuple[str, ...]) -> Fields:
    return {name: changes.kept(getattr(row, name)) for name in names}


def _compared(noun: str, told: dict[int, Fields], there: dict[int, tuple[str, Fields]]) -> Iterator[str]:
    for pk in sorted(told.keys() - there.keys()):
        yield f"the record has {noun} {told[pk].get('name', pk)}, which is not there"
    for pk in sorted(there.keys() - told.keys()):
        yield f"{noun} {there[pk][0]} is not in the record"
    for pk in sorted(there.keys() & told.keys()):
        name, fields = there[pk]
        for field, value in fields.items():
            if told[pk].get(field) != value:
                yield f"{noun} {name}: {field} is {value!r}; the record says {told[pk].get(field)!r}"
