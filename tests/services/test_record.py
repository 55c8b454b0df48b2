"""The record as it is read: of a home and its people's accounts, newest first, filtered."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from appliances.models import Decision, Home, User
from appliances.models.decision import Action
from appliances.services import accounts, actor, home, people, record, switching
from appliances.services.cleaning import Invalid
from appliances.services.outcome import Refused
from appliances.services.record import ACTIONS, EVERYTHING, Kind, LookedFor
from tests.builders import a_home, a_person, a_token, an_appliance

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada() -> User:
    return a_person("ada")


@pytest.fixture
def flat(ada: User) -> Home:
    return a_home("Flat", owner=ada)


def signed_in(user: User, address: str = "10.0.0.7") -> None:
    accounts.note(Action.SIGN_IN, user, now=timezone.now(), facts={"address": address})


def found(of: Home, *, accounts: bool = True, before: int | None = None, **looked_for: Any) -> list[str]:
    people = record.people_of(of) if accounts else {}
    rows = record.newest(of, people=people, most=50, before=before, of=LookedFor(**looked_for))
    return [row.action for row in rows]


def test_every_action_is_of_one_kind() -> None:
    listed = [action for actions in ACTIONS.values() for action in actions]

    missing = set(Action) - set(listed)
    assert not missing, f"put {missing} into services/record.py, ACTIONS"
    assert len(listed) == len(set(listed))
    assert ACTIONS.keys() == set(Kind)


def test_accounts_of_the_homes_people_stand_in_line_with_the_home(flat: Home, ada: User) -> None:
    signed_in(ada)
    an_appliance(flat, "Kettle")
    a_token(ada)

    assert found(flat) == ["add_token", "add_appliance", "sign_in", "add_circuit", "add_home"]
    assert found(flat, accounts=False) == ["add_appliance", "add_circuit", "add_home"]


def test_accounts_of_others_are_nobodys_business(flat: Home) -> None:
    signed_in(a_person("eve", home=a_home("Elsewhere")))
    accounts.note_failure(Action.SIGN_IN, "nobody", now=timezone.now(), facts={})

    assert found(flat) == ["add_circuit", "add_home"]


def test_a_failed_try_at_an_account_is_told(flat: Home) -> None:
    accounts.note_failure(Action.SIGN_IN, "ada", now=timezone.now(), facts={})

    assert found(flat, outcome="refused") == ["sign_in"]


def test_pages_follow_each_other_by_id(flat: Home, ada: User) -> None:
    for _ in range(5):
        signed_in(ada)
        an_appliance(flat)
    whole = [row.pk for row in record.newest(flat, people={ada.pk: "ada"}, most=50)]

    pages, before = [], None
    while page := record.newest(flat, people={ada.pk: "ada"}, most=4, before=before):
        pages += [row.pk for row in page]
        before = page[-1].pk

    assert pages == whole == sorted(whole, reverse=True)


def test_many_are_read_piece_by_piece(flat: Home, ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(record, "IN_ONE_GO", 3)
    for _ in range(4):
        signed_in(ada)
        an_appliance(flat)
    people = record.people_of(flat)

    whole = [row.pk for row in record.newest(flat, people=people, most=50)]

    for most in (1, 3, 7, 10, 11):
        assert [row.pk for row in record.every(flat, people=people, most=most)] == whole[:most]


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (Kind.SWITCHING, ["switch_on", "switch_on"]),
        (Kind.LIMITS, ["add_circuit", "add_home"]),
        (Kind.APPLIANCES, ["add_appliance", "add_appliance"]),
        (Kind.PEOPLE, ["join"]),
        (Kind.ACCESS, ["sign_in"]),
        (Kind.OWN, []),
    ],
)
def test_by_kind(flat: Home, ada: User, kind: Kind, expected: list[str]) -> None:
    an_appliance(flat, "Kettle", on=True)
    with pytest.raises(Refused):
        an_appliance(flat, "Sun", watts=9000, on=True)
    people.add(home_id=flat.pk, user_id=a_person("bob").pk, role="guest", by=actor.SYSTEM, now=timezone.now())
    signed_in(ada)

    assert found(flat, kind=kind) == expected


def test_by_whom(flat: Home, ada: User) -> None:
    kettle = an_appliance(flat, "Kettle")
    switching.switch(appliance_id=kettle.pk, on=True, by=actor.person(ada), now=timezone.now())

    assert found(flat, who="AD") == ["switch_on"]
    assert found(flat, who="voltsafe", accounts=False) == ["add_appliance", "add_circuit", "add_home"]
    assert found(flat, who="eve") == []


def test_by_text(flat: Home, ada: User) -> None:
    an_appliance(flat, "Kettle")
    signed_in(ada, "192.168.1.77")

    assert found(flat, text="kett") == ["add_appliance"]
    assert found(flat, text="1.77") == ["sign_in"]
    assert found(flat, text="%") == found(flat, text="_") == []


def test_days_are_by_the_clock_on_the_homes_wall(flat: Home) -> None:
    home.change(home_id=flat.pk, wanted={"timezone": "Pacific/Auckland"}, by=actor.SYSTEM, now=timezone.now())
    flat.refresh_from_db()
    lamp = an_appliance(flat, "Lamp")
    # 30 November 23:59 and 1 December 00:01 there.
    for on, minute in ((True, 59), (False, 61)):
        at = datetime(2026, 11, 30, 10, tzinfo=UTC) + timedelta(minutes=minute)
        switching.switch(appliance_id=lamp.pk, on=on, by=actor.SYSTEM, now=at)

    assert found(flat, kind=Kind.SWITCHING, until=date(2026, 11, 30)) == ["switch_on"]
    assert found(flat, kind=Kind.SWITCHING, since=date(2026, 12, 1)) == ["switch_off"]
    assert found(flat, kind=Kind.SWITCHING, since=date(2026, 11, 30), until=date(2026, 12, 1)) == [
        "switch_off",
        "switch_on",
    ]


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago", "Europe/Amsterdam"])
def test_days_beyond_every_calendar_are_no_trouble(flat: Home, zone: str) -> None:
    flat.timezone = zone

    assert len(found(flat, since=date.min, until=date.max)) == 2
    assert found(flat, since=date.max) == found(flat, until=date.min) == []


def test_an_end_before_its_beginning_is_said() -> None:
    with pytest.raises(Invalid) as why:
        LookedFor(since=date(2026, 12, 2), until=date(2026, 12, 1)).check()

    assert why.value.errors == {"until": ["It ends before it begins."]}


def test_it_takes_as_many_questions_however_long_the_record_is(
    flat: Home, ada: User, django_assert_num_queries: Any
) -> None:
    people = record.people_of(flat)
    for of in (EVERYTHING, LookedFor(text="zebra", who="ada", kind=Kind.PEOPLE)):
        with django_assert_num_queries(2):
            record.newest(flat, people=people, most=51, of=of)
    for _ in range(20):
        signed_in(ada)
        an_appliance(flat)

    for of in (EVERYTHING, LookedFor(text="zebra", who="ada", kind=Kind.PEOPLE)):
        with django_assert_num_queries(2):
            record.newest(flat, people=people, most=51, of=of)


def test_the_newest_of_the_accounts_is_known_by_its_id(flat: Home, ada: User) -> None:
    people = record.people_of(flat)
    assert record.newest_of_accounts(people) == 0

    signed_in(ada)

    assert record.newest_of_accounts(people) == Decision.objects.latest("id").pk
    assert record.newest_of_accounts({}) == 0
