"""Making, changing and removing homes."""

import zoneinfo
from collections.abc import Collection, Mapping
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Any

from django.utils.text import slugify
from django.utils.translation import gettext as _

from appliances.balancer import units
from appliances.balancer.tree import Tree
from appliances.models import Appliance, Circuit, Home, Membership, User
from appliances.models.decision import Action
from appliances.models.membership import Role
from appliances.services import changes, circuit, installer, locking, lowering, turn
from appliances.services.actor import By
from appliances.services.cleaning import Invalid, clean
from appliances.services.outcome import Changed, Missing
from appliances.services.turn import Turn

FIELDS = ("name", "timezone", "nominal_voltage", "warning_percent", "critical_percent")
LIMIT = "limit"
"""A home's own limit is that of its main circuit; it is changed with the home, in the same decision."""

DEFAULT_LIMIT = Decimal(5000)


def add(*, wanted: Mapping[str, Any], owner: User | None, by: By, now: datetime) -> Changed:
    """Make a home with its main circuit; `wanted` holds FIELDS and LIMIT. Raises Invalid, Busy."""
    home, limit = prepare(wanted)

    def first() -> Changed:
        locking.lock_new_homes()
        here = begin(home, limit, owner=owner, by=by, now=now)
        return here.changed(home.pk)

    return turn.transact(first, by=by)


def prepare(wanted: Mapping[str, Any]) -> tuple[Home, Decimal]:
    """A home that is not saved yet, cleaned, and its limit. Raises Invalid."""
    home = Home()
    changes.apply(home, {name: value for name, value in wanted.items() if name != LIMIT}, FIELDS)
    _check_timezone(home)
    clean(home, exclude=("slug",))
    limit = Circuit(name="-", limit=wanted.get(LIMIT, DEFAULT_LIMIT))
    clean(limit, exclude=("home",))
    return home, limit.limit


def begin(home: Home, limit: Decimal, *, owner: User | None, by: By, now: datetime) -> Turn:
    """Save a prepared home, new homes being locked; its first decisions are itself and its main circuit."""
    # A victim's second try finds here what its first has left.
    home.pk, home.revision, home.slug = None, 0, free_slug(home.name)
    home.save(force_insert=True)
    here = Turn(home, by, now)
    if owner is not None:
        Membership.objects.create(user=owner, home=home, role=Role.OWNER)
    told = {"id": owner.pk, "name": owner.get_username()} if owner else None
    here.record(Action.ADD_HOME, home, facts={"changes": changes.all_of(home, (*FIELDS, "slug")), "owner": told})
    circuit.put(here, {"name": _("Main"), "parent_id": None, "limit": limit})
    return here


def change(
    *, home_id: int, wanted: Mapping[str, Any], by: By, now: datetime, shed: Collection[int] | None = None
) -> Changed:
    """Change the home's name, thresholds, voltage, time zone or limit. Raises Refused, Invalid, Missing, Busy.

    `shed` as for a circuit; a higher limit asks first, as there.
    """

    def body(here: Turn) -> int:
        changed = changes.apply(here.home, {k: v for k, v in wanted.items() if k != LIMIT}, FIELDS)
        fields = list(changed)
        if "timezone" in changed:
            _check_timezone(here.home)
        clean(here.home)
        main = main_of(here.home)
        of_main = changes.apply(main, {LIMIT: wanted[LIMIT]} if LIMIT in wanted else {}, [LIMIT])
        clean(main)
        changed |= of_main
        if not changed:
            return here.home.pk
        circuit.guard_raise(here, of_main)

        facts = {"changes": changed}
        after = here.tree.with_breaker(here.breaker(main)) if of_main else here.tree
        if of_main and shed is not None:
            after = lowering.make_room(here, after, shed, facts, main)
        asked = {**facts, **lowering.offer(here, after)}
        verdict = here.admit(Action.CHANGE_HOME, here.home, after=after, about=main.pk, facts=asked)
        if verdict is None:
            return here.home.pk

        if of_main:
            main.save(update_fields=[LIMIT])
        if fields:
            here.home.save(update_fields=fields)

        here.record(Action.CHANGE_HOME, here.home, verdict=verdict if of_main else None, facts=facts)
        here.circuits.update(breaker.id for breaker in here.tree.breakers)
        return here.home.pk

    return installer.take(home_id=home_id, by=by, now=now, body=body)


def remove(*, home_id: int, by: By, now: datetime) -> Changed:
    """Take a home away with everything in it; its record stays. Raises Missing, Busy."""

    def body(here: Turn) -> int:
        here.record(Action.REMOVE_HOME, here.home, facts={"changes": changes.none_left(here.home, FIELDS)})
        Appliance.objects.filter(home=here.home).delete()
        for breaker_id in _leaves_first(here.tree):
            Circuit.objects.filter(pk=breaker_id).delete()
        Home.objects.filter(pk=home_id).delete()
        return home_id

    return turn.take(home_id=home_id, by=by, now=now, body=body)


def main_of(row: Home) -> Circuit:
    """Its main circuit, which has the home's limit. Raises Missing where somebody has removed the home since."""
    main = Circuit.objects.filter(home=row, parent=None).first()
    if main is None:
        raise Missing("There is no such home.")
    return main


def watts_of(amps: Decimal, volts: Decimal) -> Decimal:
    """What a supply of so many amperes at so many volts carries, whole milliwatts, rounded down to be safe."""
    return units.to_watts(int(amps * volts * units.MW_PER_WATT))


def free_slug(name: str) -> str:
    """An address made of the name that no other home has."""
    stem = slugify(name)[:70] or "home"
    taken = set(Home.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    return next(slug for n in range(1, len(taken) + 3) if (slug := stem if n == 1 else f"{stem}-{n}") not in taken)


def _check_timezone(home: Home) -> None:
    if home.timezone not in _timezones():
        raise Invalid({"timezone": [_("There is no such time zone. Give one like Europe/Berlin.")]})


@cache
def _timezones() -> frozenset[str]:
    """Kept, since the library looks into six hundred files for them, and a home may be locked meanwhile."""
    return frozenset(zoneinfo.available_timezones())


def _leaves_first(tree: Tree) -> list[int]:
    return sorted((breaker.id for breaker in tree.breakers), key=lambda pk: -len(tree.path(pk)))
