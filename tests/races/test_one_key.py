"""Two requests with one key at the same moment: one acts, the other is told what it did."""

from functools import partial
from typing import Any

import pytest
from django.test import Client

from appliances.models import Answered, Appliance, Circuit, Decision, User
from appliances.services import answered, verifying
from appliances.services.actor import Key
from tests.builders import a_home, a_person, a_token, an_appliance
from tests.races.crowd import at_once

pytestmark = pytest.mark.django_db(transaction=True)

CROWD = 8


@pytest.fixture
def ada() -> User:
    return a_person("ada")


def asking(user: User, path: str, body: dict[str, Any]) -> Any:
    _row, token = a_token(user)
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": "one"}
    return partial(Client().post, f"/api/v1{path}", body, "application/json", headers=headers)


def replayed(answer: Any) -> bool:
    return answer.headers.get("Idempotent-Replayed") == "true"


def test_one_acts_and_all_are_answered_the_same(ada: User) -> None:
    a_home("Flat", owner=ada)
    body = {"name": "Iron", "rated_watts": 2000}

    answers = at_once([asking(ada, "/homes/flat/appliances", body) for _ in range(CROWD)])

    assert {answer.status_code for answer in answers} == {201}
    assert {answer.content for answer in answers} == {answers[0].content}
    assert sorted(map(replayed, answers)) == [False] + [True] * (CROWD - 1)
    assert Appliance.objects.count() == 1
    assert verifying.differences() == []


def test_one_home_is_made(ada: User) -> None:
    answers = at_once([asking(ada, "/homes", {"name": "Cabin"}) for _ in range(CROWD)])

    assert {answer.status_code for answer in answers} == {201}
    assert sorted(map(replayed, answers)) == [False] + [True] * (CROWD - 1)
    assert ada.memberships.count() == 1


def test_one_refusal_is_recorded(ada: User) -> None:
    oven = an_appliance(a_home("Flat", owner=ada), watts=9000)

    answers = at_once([asking(ada, f"/appliances/{oven.pk}/toggle", {"is_on": True}) for _ in range(CROWD)])

    assert {answer.status_code for answer in answers} == {403}
    assert Decision.objects.filter(outcome="refused").count() == 1


def test_in_two_homes_one_acts_and_the_other_is_refused(ada: User) -> None:
    """There is no lock that both want but the key's own."""
    for name in ("Flat", "Cabin"):
        a_home(name, owner=ada)
    body = {"name": "Shed", "limit_watts": 1000}
    recorded = Decision.objects.exclude(home=None).count()

    answers = at_once([asking(ada, f"/homes/{slug}/circuits", body) for slug in ("flat", "cabin")])

    assert sorted(answer.status_code for answer in answers) == [201, 422]
    refused = next(answer for answer in answers if answer.status_code == 422)
    assert refused.json()["code"] == "idempotency_key_reused"
    assert Circuit.objects.filter(name="Shed").count() == 1
    assert Decision.objects.exclude(home=None).count() == recorded + 1
    assert Answered.objects.count() == 1
    assert verifying.differences() == []


def test_without_the_claim_it_is_done_again_and_again(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: the crowd above would have made many."""

    def nobody_has_it(_key: Key) -> None:
        return None

    monkeypatch.setattr(answered, "claim", nobody_has_it)
    monkeypatch.setattr(answered, "find", nobody_has_it)

    answers = at_once([asking(ada, "/homes", {"name": "Cabin"}) for _ in range(CROWD)])

    assert {answer.status_code for answer in answers} == {201}
    assert ada.memberships.count() == CROWD
