"""What can be done to a home's rows behind VoltSafe's back, and how `verify` has to name it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from appliances.models import Appliance, Circuit, Decision, Home
from appliances.models.decision import Outcome
from tests.builders import main_of


@dataclass(frozen=True)
class House:
    home: Home
    main: Circuit
    kitchen: Circuit
    oven: Appliance
    lamp: Appliance
    next_door: Home


def put(row: Appliance | Circuit | Home, **fields: Any) -> None:
    """Straight into the row, past everything."""
    assert type(row)._default_manager.filter(pk=row.pk).update(**fields) == 1


def put_on_record(of: Home, revision: int, **fields: Any) -> None:
    assert Decision.objects.filter(home=of, revision=revision).update(**fields) == 1


def strike_from_record(of: Home, revision: int) -> None:
    assert Decision.objects.filter(home=of, revision=revision).delete()[0] == 1


def a_circuit_past_everything(at: House) -> Circuit:
    return Circuit.objects.create(home=at.home, parent=at.main, name="Shed", limit=3000)


TAMPERED: dict[str, tuple[Callable[[House], Any], list[str]]] = {
    "a load": (
        lambda at: put(at.kitchen, load=1),
        ["flat: Kitchen says it carries 1 W; its appliances sum to 2400 W"],
    ),
    "a switch": (
        lambda at: put(at.lamp, is_on=True),
        [
            "flat: Main says it carries 2400 W; its appliances sum to 2500 W",
            "flat: appliance Lamp: is_on is True; the record says False",
        ],
    ),
    "a rating": (
        lambda at: put(at.oven, rated="3000.001"),
        [
            "flat: Main says it carries 2400 W; its appliances sum to 3000.001 W",
            "flat: Kitchen says it carries 2400 W; its appliances sum to 3000.001 W",
            "flat: Kitchen carries 3000.001 W, over its limit of 3000 W",
            "flat: appliance Oven: rated is '3000.001'; the record says '2400'",
        ],
    ),
    "a limit": (
        lambda at: put(at.kitchen, limit=2399),
        [
            "flat: Kitchen carries 2400 W, over its limit of 2399 W",
            "flat: circuit Kitchen: limit is '2399'; the record says '3000'",
        ],
    ),
    "where an appliance is": (
        lambda at: put(at.oven, circuit=at.main),
        [
            "flat: Kitchen says it carries 2400 W; its appliances sum to 0 W",
            "flat: appliance Oven: circuit_id is {main}; the record says {kitchen}",
        ],
    ),
    "what feeds a circuit": (
        lambda at: put(at.kitchen, parent=a_circuit_past_everything(at)),
        [
            "flat: Shed says it carries 0 W; its appliances sum to 2400 W",
            "flat: circuit Shed is not in the record",
            "flat: circuit Kitchen: parent_id is {shed}; the record says {main}",
        ],
    ),
    "names": (
        lambda at: [put(row, name="X") for row in (at.home, at.kitchen, at.lamp)],
        [
            "flat: home X: name is 'X'; the record says 'Flat'",
            "flat: circuit X: name is 'X'; the record says 'Kitchen'",
            "flat: appliance X: name is 'X'; the record says 'Lamp'",
        ],
    ),
    "what is said of an appliance": (
        lambda at: put(at.lamp, kind="oven", priority=1, note="Ha"),
        [
            "flat: appliance Lamp: kind is 'oven'; the record says 'other'",
            "flat: appliance Lamp: priority is 1; the record says 5",
            "flat: appliance Lamp: note is 'Ha'; the record says ''",
        ],
    ),
    "the home": (
        lambda at: put(at.home, timezone="Asia/Tokyo", nominal_voltage=100, warning_percent=1, critical_percent=2),
        [
            "flat: home Flat: timezone is 'Asia/Tokyo'; the record says 'UTC'",
            "flat: home Flat: nominal_voltage is 100; the record says 230",
            "flat: home Flat: warning_percent is 1; the record says 80",
            "flat: home Flat: critical_percent is 2; the record says 95",
        ],
    ),
    "its address": (
        lambda at: put(at.home, slug="castle"),
        ["castle: home Flat: slug is 'castle'; the record says 'flat'"],
    ),
    "its counter": (
        lambda at: put(at.home, revision=99),
        ["flat: is at revision 99; its record ends at 9"],
    ),
    "an appliance too many": (
        lambda at: Appliance.objects.bulk_create([Appliance(home=at.home, circuit=at.main, name="Ghost", rated=1)]),
        ["flat: appliance Ghost is not in the record"],
    ),
    "an appliance too few": (
        lambda at: Appliance.objects.filter(pk=at.oven.pk).delete(),
        [
            "flat: Main says it carries 2400 W; its appliances sum to 0 W",
            "flat: Kitchen says it carries 2400 W; its appliances sum to 0 W",
            "flat: the record has appliance Oven, which is not there",
        ],
    ),
    "a circuit too few": (
        lambda at: [put(at.oven, circuit=at.main), Circuit.objects.filter(pk=at.kitchen.pk).delete()],
        [
            "flat: the record has circuit Kitchen, which is not there",
            "flat: appliance Oven: circuit_id is {main}; the record says {kitchen}",
        ],
    ),
    "no main circuit": (
        lambda at: put(at.main, parent=at.kitchen),
        [
            "flat: has 0 main circuits; there must be one",
            "flat: its circuits are no tree: Circuit {main} (Main) would feed itself.",
            "flat: circuit Main: parent_id is {kitchen}; the record says None",
        ],
    ),
    "an appliance at the neighbours' circuit": (
        lambda at: put(at.lamp, circuit=main_of(at.next_door)),
        [
            "flat: Lamp is plugged in at a circuit of another home",
            "flat: its circuits are no tree: There is no circuit {next_door}.",
            "flat: appliance Lamp: circuit_id is {next_door}; the record says {main}",
        ],
    ),
    "an appliance given to the neighbours": (
        lambda at: put(at.lamp, home=at.next_door),
        [
            "flat: the record has appliance Lamp, which is not there",
            "next-door: Lamp is plugged in at a circuit of another home",
            "next-door: its circuits are no tree: There is no circuit {main}.",
            "next-door: appliance Lamp is not in the record",
        ],
    ),
    "a decision struck out": (
        lambda at: strike_from_record(at.home, 6),
        [
            "flat: the record jumps from revision 5 to 7",
            "flat: appliance Lamp is not in the record",
        ],
    ),
    "the newest decision struck out": (
        lambda at: strike_from_record(at.home, 9),
        [
            "flat: is at revision 9; its record ends at 8",
            "flat: the record has appliance Sun, which is not there",
        ],
    ),
    "all of the record struck out": (
        lambda at: Decision.objects.filter(home=at.next_door).delete(),
        [
            "next-door: is at revision 2; its record ends at 0",
            "next-door: home Next door: name is 'Next door'; the record says None",
            "next-door: circuit Main is not in the record",
        ],
    ),
    "a refusal made a grant": (
        lambda at: put_on_record(at.home, 8, outcome=Outcome.GRANTED),
        ["flat: revision 8 granted 8400 W on a limit of 5000 W"],
    ),
    "a grant made a refusal": (
        lambda at: put_on_record(at.home, 5, outcome=Outcome.REFUSED),
        [
            "flat: revision 5 refused 2400 W of 3000 W as None W too much",
            "flat: appliance Oven: is_on is True; the record says False",
        ],
    ),
    "how much too much it was": (
        lambda at: put_on_record(at.home, 8, exceeded_by="3400.001"),
        ["flat: revision 8 refused 8400 W of 5000 W as 3400.001 W too much"],
    ),
    "the load a decision was taken on": (
        lambda at: put_on_record(at.home, 5, load_before=1),
        ["flat: revision 5 says Kitchen carried 1 W before; replayed it is 0 W"],
    ),
    "the load it led to": (
        lambda at: put_on_record(at.home, 5, load_after=2399),
        ["flat: revision 5 says Kitchen carries 2399 W after; replayed it is 2400 W"],
    ),
    "a limit that would have been too low": (
        lambda at: put_on_record(at.home, 5, limit=2399),
        ["flat: revision 5 granted 2400 W on a limit of 2399 W"],
    ),
    "the limit it was taken on": (
        lambda at: put_on_record(at.home, 5, limit=9999),
        ["flat: revision 5 says Kitchen was limited to 9999 W; replayed it is 3000 W"],
    ),
    "the numbers it was taken on, wiped out": (
        lambda at: put_on_record(at.home, 5, load_before=None, load_after=None, limit=None, requested=None),
        ["flat: revision 5 lacks the numbers it was taken on"],
    ),
    "one of its numbers, wiped out": (
        lambda at: put_on_record(at.home, 8, limit=None),
        ["flat: revision 8 lacks the numbers it was taken on"],
    ),
    "what was asked for": (
        lambda at: put_on_record(at.home, 8, requested=1),
        ["flat: revision 8 asked for 1 W, which is not what it would have changed: 6000 W"],
    ),
    "what a decision was about": (
        lambda at: put_on_record(at.home, 5, subject_id=at.lamp.pk),
        [
            "flat: revision 5 says Kitchen carries 2400 W after; replayed it is 0 W",
            "flat: appliance Oven: is_on is True; the record says False",
            "flat: appliance Lamp: is_on is False; the record says True",
        ],
    ),
    "what kind of decision it was": (
        lambda at: put_on_record(at.home, 5, action="dance"),
        ["flat: revision 5 cannot be replayed: ValueError(\"there is no 'dance'\")"],
    ),
    "what it changed, past all reading": (
        lambda at: put_on_record(at.home, 4, facts={"changes": [3, 4]}),
        ["flat: revision 4 cannot be replayed: ", "flat: appliance Oven: name is 'Oven'; the record says None"],
    ),
    "what it changed": (
        lambda at: put_on_record(at.home, 3, facts={"changes": {"name": [None, "Kitchen"]}}),
        [
            "flat: circuit Kitchen: parent_id is {main}; the record says None",
            "flat: circuit Kitchen: limit is '3000'; the record says None",
        ],
    ),
}
