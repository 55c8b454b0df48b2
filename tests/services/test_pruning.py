"""Old decisions go, what they had come to stays, and everything adds up as before."""

import copy
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection
from django.utils import timezone

from appliances.interlock import guard
from appliances.models import Appliance, Checkpoint, Decision, Home
from appliances.models.decision import Action
from appliances.models.membership import Role
from appliances.services import actor, home, people, pruning, recording, switching, verifying, waiting
from appliances.services.pruning import Contradiction
from appliances.services.replaying import Replay
from tests.builders import (
    NOW,
    a_circuit,
    a_home,
    a_limit,
    a_person,
    a_wall,
    an_appliance,
    an_invitation,
    main_of,
    turn_off,
    turn_on,
)
from tests.services.tampering import House

pytestmark = pytest.mark.django_db

LATER = max(NOW, timezone.now()) + timedelta(days=400)


@pytest.fixture
def house() -> House:
    """A home in which nearly everything happened that a record can tell of."""
    owner = a_person("ada")
    of = a_home("Flat", owner=owner)
    kitchen = a_circuit(of, "Kitchen")
    oven = an_appliance(of, "Oven", watts=2400, at=kitchen, on=True)
    lamp = an_appliance(of, "Lamp", watts=100)
    people.add(home_id=of.pk, user_id=a_person("bob").pk, role=Role.GUEST, by=actor.SYSTEM, now=NOW)
    people.add(home_id=of.pk, user_id=a_person("eve").pk, role=Role.GUEST, by=actor.SYSTEM, now=NOW)
    people.remove(home_id=of.pk, user_id=of.memberships.get(user__username="eve").user_id, by=actor.SYSTEM, now=NOW)
    an_invitation(of)
    a_wall(of)
    a_limit(of, 4000, hours=24 * 300)
    pump = an_appliance(of, "Pump", watts=3000)
    waiting.ask(appliance_id=pump.pk, expires_at=NOW + timedelta(hours=5), by=actor.SYSTEM, now=NOW)
    return House(of, main_of(of), kitchen, oven, lamp, a_home("Next door"))


def gone(home_id: int | None, before: datetime = LATER) -> int:
    return sum(pruning.remove(home_id, before))


def on_record(of: Home) -> list[int]:
    return list(Decision.objects.filter(home=of).order_by("revision").values_list("revision", flat=True))


def test_all_but_the_newest_go_and_everything_still_adds_up(house: House) -> None:
    revisions = on_record(house.home)
    assert verifying.differences() == []

    assert gone(house.home.pk) == len(revisions) - 1

    assert on_record(house.home) == revisions[-1:]
    assert verifying.differences() == []
    turn_off(house.oven)
    turn_on(house.lamp)
    assert verifying.differences() == []


def test_in_batches_of_any_size_it_comes_to_the_same(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pruning, "BATCH", 2)
    many = len(on_record(house.home))

    steps = pruning.remove(house.home.pk, LATER)
    for batch in steps:
        assert batch in {1, 2}
        assert verifying.differences() == []

    assert on_record(house.home) == [many]


def test_what_is_not_old_enough_stays_and_whatever_came_after_it() -> None:
    of = a_home()
    lamp = an_appliance(of)
    for on, days in ((True, 2), (False, 1), (True, 3)):
        switching.switch(appliance_id=lamp.pk, on=on, by=actor.SYSTEM, now=NOW + timedelta(days=days))

    assert gone(of.pk, NOW + timedelta(days=2)) == 3

    assert on_record(of) == [4, 5, 6]
    assert Checkpoint.objects.get(home=of).up_to == 3


def test_again_there_is_nothing_to_do(house: House) -> None:
    gone(house.home.pk)

    assert gone(house.home.pk) == 0
    assert Checkpoint.objects.count() == 1


def test_other_homes_and_accounts_are_left_alone(house: House) -> None:
    gone(house.home.pk)

    assert on_record(house.next_door) == [1, 2]
    assert not Checkpoint.objects.exclude(home=house.home).exists()


def test_of_accounts_all_but_the_newest_go() -> None:
    user = a_person("ada")
    for _ in range(3):
        recording.of_person(Action.SIGN_IN, user, by=actor.person(user), now=NOW)
    newest = Decision.objects.filter(home=None).latest("pk")

    assert gone(None) == Decision.objects.filter(home=None).count() + 1

    assert list(Decision.objects.filter(home=None)) == [newest]
    assert Checkpoint.objects.get().state == {}


def test_of_a_home_that_is_gone_the_last_word_stays(house: House) -> None:
    home.remove(home_id=house.home.pk, by=actor.SYSTEM, now=NOW)

    assert house.home.pk in set(pruning.homes_on_record())
    gone(house.home.pk)

    assert Decision.objects.get(home_id=house.home.pk).action == "remove_home"
    assert verifying.differences() == []


def test_what_would_go_is_counted_and_stays(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pruning, "BATCH", 3)
    many = len(on_record(house.home))

    assert pruning.foreseen(house.home.pk, LATER) == many - 1

    assert len(on_record(house.home)) == many
    assert not Checkpoint.objects.exists()


def without_the_interlock(tamper: Callable[[], Any]) -> None:
    connection.check_constraints()
    guard.remove(connection)
    tamper()
    connection.check_constraints()
    guard.install(connection)


def test_a_record_that_does_not_add_up_is_kept(house: House) -> None:
    without_the_interlock(lambda: Decision.objects.filter(home=house.home, revision=5).update(revision=999))
    before = verifying.differences()

    with pytest.raises(Contradiction, match="jumps from revision 4 to 6"):
        gone(house.home.pk)

    assert verifying.differences() == before != []


def test_what_differs_from_the_record_still_differs_afterwards(house: House) -> None:
    Home.objects.filter(pk=house.home.pk).update(name="Not so")
    Appliance.objects.filter(pk=house.lamp.pk).update(note="past everything", is_on=True)
    before = verifying.differences()

    gone(house.home.pk)

    assert verifying.differences() == before != []


def test_a_checkpoint_that_tells_something_else_is_found(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: what is kept is what everything is compared with from then on."""
    to_keep = Replay.to_keep

    def with_the_oven_off(replay: Replay) -> Any:
        state = copy.deepcopy(to_keep(replay))
        state["appliances"][str(house.oven.pk)]["is_on"] = False
        return state

    monkeypatch.setattr(Replay, "to_keep", with_the_oven_off)

    gone(house.home.pk)

    assert "flat: appliance Oven: is_on is True; the record says False" in verifying.differences()


def test_what_should_have_gone_and_is_there_is_named(house: House) -> None:
    row = Decision.objects.get(home=house.home, revision=3)
    gone(house.home.pk)

    row.save(force_insert=True)

    up_to = Checkpoint.objects.get(home=house.home).up_to
    assert verifying.differences() == [
        f"flat: has 1 decisions on record that its checkpoint at revision {up_to} has let go"
    ]


def test_without_a_checkpoint_the_database_keeps_all_of_it(house: House) -> None:
    with pytest.raises(IntegrityError, match="voltsafe: "):
        Decision.objects.filter(home=house.home).delete()
