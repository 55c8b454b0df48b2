"""The old page with the pushed frame applied is the page rendered afresh, whatever changed."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from appliances.models import Heartbeat, Home
from appliances.presentation import board, frames, notices, snapshot
from appliances.presentation.views import Board
from appliances.services import (
    actor,
    appliance,
    circuit,
    controlling,
    home,
    limits,
    ordering,
    switching,
    tending,
    waiting,
)
from appliances.services.outcome import Refused
from tests.builders import NOW, a_circuit, a_home, a_limit, an_appliance, main_of, turn_off, turn_on
from tests.presentation import markup

pytestmark = pytest.mark.django_db


@pytest.fixture
def flat() -> dict[str, Any]:
    row = a_home(limit_watts=5000)
    kitchen = a_circuit(row, "Kitchen", limit_watts=3600)
    worktop = a_circuit(row, "Worktop", limit_watts=2500, fed_from=kitchen)
    return {
        "home": row,
        "kitchen": kitchen,
        "worktop": worktop,
        "oven": an_appliance(row, "Oven", watts=2400, at=kitchen),
        "kettle": an_appliance(row, "Kettle", watts=2200, at=worktop),
        "heater": an_appliance(row, "Heater", watts=1500, on=True),
    }


def seen(row: Home, role: str = "owner") -> Board:
    return board.board(snapshot.read(row.pk), role)


def refused(row: Any) -> None:
    with pytest.raises(Refused):
        turn_on(row)


BY = {"by": actor.SYSTEM, "now": NOW}


def now_by() -> dict[str, Any]:
    """Limits and waits are looked at by the real clock, as pages are."""
    return {"by": actor.SYSTEM, "now": timezone.now()}


def armed(flat: dict[str, Any], mode: str = "armed") -> None:
    controlling.set_mode(home_id=flat["home"].pk, mode=mode, **now_by())


def sheddable(flat: dict[str, Any]) -> None:
    wanted = {"may_be_shed": True, "returns_by_itself": True}
    appliance.change(appliance_id=flat["heater"].pk, wanted=wanted, **now_by())


def cut(flat: dict[str, Any], mode: str) -> None:
    armed(flat, mode)
    sheddable(flat)
    a_limit(flat["home"], 1000)
    tending.tick(timezone.now())


STEPS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "a switch on": lambda flat: turn_on(flat["oven"]),
    "a switch off": lambda flat: turn_off(flat["heater"]),
    "a refusal": lambda flat: (turn_on(flat["oven"]), refused(flat["kettle"])),
    "a swap": lambda flat: switching.swap(on_id=flat["kettle"].pk, off_ids=[flat["heater"].pk], **BY),
    "a new appliance": lambda flat: an_appliance(flat["home"], "Toaster", watts=900, at=flat["worktop"]),
    "an appliance removed": lambda flat: appliance.remove(appliance_id=flat["oven"].pk, **BY),
    "an appliance moved": lambda flat: appliance.change(
        appliance_id=flat["oven"].pk, wanted={"circuit_id": main_of(flat["home"]).pk}, **BY
    ),
    "an appliance renamed": lambda flat: appliance.change(
        appliance_id=flat["oven"].pk, wanted={"name": "Old <oven> & grill"}, **BY
    ),
    "a note": lambda flat: appliance.change(appliance_id=flat["oven"].pk, wanted={"note": "<b>hot</b>"}, **BY),
    "a new circuit": lambda flat: a_circuit(flat["home"], "Garage", limit_watts=3000),
    "a circuit re-hung": lambda flat: circuit.change(
        circuit_id=flat["worktop"].pk, wanted={"parent_id": main_of(flat["home"]).pk}, **BY
    ),
    "a circuit renamed": lambda flat: circuit.change(circuit_id=flat["kitchen"].pk, wanted={"name": "Cuisine"}, **BY),
    "a lower limit": lambda flat: home.change(home_id=flat["home"].pk, wanted={"limit": Decimal(1600)}, **BY),
    "other thresholds": lambda flat: home.change(home_id=flat["home"].pk, wanted={"warning_percent": 20}, **BY),
    "a new name": lambda flat: home.change(home_id=flat["home"].pk, wanted={"name": "Elsewhere"}, **BY),
    "one waits": lambda flat: (turn_on(flat["oven"]), waiting.ask(appliance_id=flat["kettle"].pk, **now_by())),
    "one waits no longer": lambda flat: (
        turn_on(flat["oven"]),
        waiting.ask(appliance_id=flat["kettle"].pk, **now_by()),
        waiting.cancel(appliance_id=flat["kettle"].pk, **now_by()),
    ),
    "a temporary limit": lambda flat: a_limit(flat["home"], 1600),
    "one to come": lambda flat: a_limit(flat["home"], 1600, at=flat["kitchen"], in_hours=3),
    "one lifted": lambda flat: limits.remove(limit_id=a_limit(flat["home"], 1600).pk, **now_by()),
    "an overload": lambda flat: a_limit(flat["home"], 1000),
    "a controller armed": lambda flat: armed(flat, "armed"),
    "one shed": lambda flat: cut(flat, "armed"),
    "one observed": lambda flat: cut(flat, "observing"),
    "another order": lambda flat: ordering.move(
        appliance_id=flat["heater"].pk, home_id=flat["home"].pk, up=True, **now_by()
    ),
    "many things": lambda flat: [turn_on(flat["oven"]), turn_off(flat["heater"]), turn_off(flat["oven"])],
}


@pytest.mark.parametrize("role", ["owner", "viewer"])
@pytest.mark.parametrize("step", STEPS.values(), ids=STEPS.keys())
def test_old_page_and_frame_are_the_new_page(flat: dict[str, Any], step: Callable[..., Any], role: str) -> None:
    old = seen(flat["home"], role)
    page = markup.parse(frames.full(old))

    step(flat)
    new = seen(flat["home"], role)
    markup.apply(page, frames.change(old, new))

    assert without_swap_marks(page) == without_swap_marks(markup.parse(frames.full(new)))


def without_swap_marks(node: markup.Node) -> markup.Node:
    """Which revision a frame was of, and that it was to be swapped, is not what a person sees."""
    if node[1].get("id") == "revision":
        return []
    node[1].pop("hx-swap-oob", None)
    node[2] = [without_swap_marks(one) if isinstance(one, list) else one for one in node[2]]
    return node


def test_a_frame_names_its_revision_and_the_one_it_builds_on(flat: dict[str, Any]) -> None:
    old = seen(flat["home"])
    turn_on(flat["oven"])
    new = seen(flat["home"])

    mark = markup.roots(frames.change(old, new))[0]

    assert mark[1]["data-revision"] == str(new.revision)
    assert mark[1]["data-previous"] == str(old.revision)


def test_a_change_pushes_only_what_differs(flat: dict[str, Any]) -> None:
    lamp = an_appliance(flat["home"], "Lamp", watts=10)
    old = seen(flat["home"])
    turn_on(lamp)

    ids = [piece[1]["id"] for piece in markup.roots(frames.change(old, seen(flat["home"])))]

    assert f"appliance-{lamp.pk}" in ids
    assert f"appliance-{flat['oven'].pk}" not in ids
    assert f"circuit-{flat['kitchen'].pk}" not in ids
    assert "board" not in ids


def test_an_answer_and_a_push_are_the_same_bytes(flat: dict[str, Any]) -> None:
    old = seen(flat["home"])
    turn_on(flat["oven"])
    new = seen(flat["home"])

    push = frames.change(old, new)

    for piece in frames.touched(new, [flat["oven"].pk], [flat["kitchen"].pk]):
        assert piece in push


def test_the_page_shows_what_a_full_frame_pushes(flat: dict[str, Any], client: Any) -> None:
    from tests.builders import a_person

    client.force_login(a_person(home=flat["home"]))
    page = markup.parse(client.get(f"/homes/{flat['home'].slug}/").content.decode())
    frame = markup.parse(frames.full(seen(flat["home"])))

    for name in ("overload", "pulse", "limits", "queue", "meter", "board", "feed"):
        shown, pushed = markup.find(page, name), markup.find(frame, name)
        assert shown is not None
        assert pushed is not None
        assert without_swap_marks(shown) == without_swap_marks(pushed)


def test_a_heartbeat_says_when_no_controller_runs(flat: dict[str, Any]) -> None:
    armed(flat)
    tending.tick(timezone.now())
    shown = seen(flat["home"])
    page = markup.parse(frames.full(shown))
    died_at = timezone.now() - timedelta(minutes=3)

    Heartbeat.objects.update(ran_at=died_at)
    late = notices.pulse(shown.meter.mode, shown.timezone, died_at, timezone.now())
    markup.apply(page, frames.heartbeat(shown.home_id, shown.revision, shown.lineage, late))

    assert without_swap_marks(page) == without_swap_marks(markup.parse(frames.full(seen(flat["home"]))))
    assert late.is_late


def test_a_heartbeat_says_when_one_runs_again(flat: dict[str, Any]) -> None:
    armed(flat)
    shown = seen(flat["home"])
    assert shown.pulse.is_late

    beat = frames.heartbeat(shown.home_id, shown.revision, shown.lineage, notices.pulse("armed", "UTC", NOW, NOW))

    assert 'id="pulse"' in beat
    assert 'data-since=""' in beat
