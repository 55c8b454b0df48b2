"""Homes over the API, and the load of one."""

from typing import Any

from django.db import connection

from appliances.models import Decision, Home, Membership
from appliances.models.membership import Role
from tests.api.conftest import Caller, Flat, code_of
from tests.builders import a_circuit, a_home, a_person, an_appliance


def test_lists_the_homes_one_belongs_to(ask: Any, flat: Flat) -> None:
    a_home("Not mine")

    answer = ask("get", "/homes")

    assert answer.status_code == 200
    assert answer.json() == {
        "items": [
            {
                "slug": "harbour-flat",
                "name": "Harbour flat",
                "revision": 9,
                "timezone": "UTC",
                "nominal_voltage": 230,
                "warning_percent": 80,
                "critical_percent": 95,
                "limit_watts": 5000,
            }
        ],
        "next": None,
    }


def test_shows_a_home(ask: Any) -> None:
    assert ask("get", "/homes/harbour-flat").json()["limit_watts"] == 5000


def test_whoever_adds_a_home_owns_it(db: None) -> None:
    person = a_person()

    answer = Caller(person).ask("post", "/homes", {"name": " Lake  cabin ", "limit_watts": "3680.125"})

    assert answer.status_code == 201
    assert answer.headers["Location"] == "/api/v1/homes/lake-cabin"
    assert answer.json()["name"] == "Lake cabin"
    assert answer.json()["limit_watts"] == 3680.125
    assert Membership.objects.get(user=person).role == Role.OWNER


def test_what_is_left_out_of_a_new_home_has_its_usual_value(db: None) -> None:
    answer = Caller(a_person()).ask("post", "/homes", {"name": "Cabin"})

    assert answer.json()["limit_watts"] == 5000
    assert answer.json()["nominal_voltage"] == 230


def test_changes_what_is_sent_and_nothing_else(ask: Any) -> None:
    before = ask("get", "/homes/harbour-flat").json()

    after = ask("patch", "/homes/harbour-flat", {"warning_percent": 70}).json()

    assert after == {**before, "warning_percent": 70, "revision": before["revision"] + 1}


def test_a_change_that_changes_nothing_is_not_recorded(ask: Any, flat: Flat) -> None:
    answer = ask("patch", "/homes/harbour-flat", {"name": "Harbour flat", "limit_watts": "5000"})

    assert answer.status_code == 200
    assert answer.json()["revision"] == 9


def test_a_limit_below_what_is_on_is_refused(ask: Any, flat: Flat) -> None:
    answer = ask("patch", "/homes/harbour-flat", {"limit_watts": 3899.999, "name": "Other"})

    assert answer.status_code == 403
    assert code_of(answer) == "capacity_exceeded"
    assert answer.json()["exceeded_by_watts"] == 0.001
    assert Home.objects.get().name == "Harbour flat"


def test_thresholds_that_cross_are_refused_by_name(ask: Any) -> None:
    answer = ask("patch", "/homes/harbour-flat", {"warning_percent": 96})

    assert answer.status_code == 422
    assert list(answer.json()["errors"]) == ["warning_percent"]


def test_a_time_zone_must_be_one(ask: Any) -> None:
    answer = ask("patch", "/homes/harbour-flat", {"timezone": "Europe/Atlantis"})

    assert answer.json()["errors"] == {"timezone": ["There is no such time zone. Give one like Europe/Berlin."]}


def own(watts: int) -> dict[str, Any]:
    return {"own_limit_watts": watts, "limited_by": None}


def test_the_load_of_a_home(ask: Any, flat: Flat) -> None:
    load = ask("get", "/homes/harbour-flat/load").json()

    main = {
        "load_watts": 3900,
        "limit_watts": 5000,
        "headroom_watts": 1100,
        "utilization_percent": 78.0,
        "status": "safe",
    }
    assert load == {
        "home": "harbour-flat",
        "revision": 9,
        **main,
        "appliances_on": 2,
        "circuits": [
            {
                "id": flat.main.pk,
                "name": "Main",
                "parent_id": None,
                **main,
                "own_limit_watts": 5000,
                "limited_by": None,
            },
            {
                "id": flat.kitchen.pk,
                "name": "Kitchen",
                "parent_id": flat.main.pk,
                "load_watts": 2400,
                "limit_watts": 3600,
                **own(3600),
                "headroom_watts": 1200,
                "utilization_percent": 66.6,
                "status": "safe",
            },
        ],
    }


def test_the_record_says_which_token_asked(ask: Any, flat: Flat) -> None:
    ask("patch", "/homes/harbour-flat", {"name": "Other"})

    assert Decision.objects.first().actor_name == "ada (test)"  # type: ignore[union-attr]


def test_a_home_that_is_not_there(ask: Any) -> None:
    for path in ("/homes/nowhere", "/homes/nowhere/load", "/homes/nowhere/appliances", "/homes/nowhere/decisions"):
        assert code_of(ask("get", path)) == "not_found"


def test_rows_read_halfway_through_a_change_are_read_again(ask: Any, flat: Flat) -> None:
    moments = iter([True])

    def meanwhile(execute: Any, sql: str, *rest: Any) -> Any:
        """Between the circuits and the appliances of a reading, a circuit with an appliance comes in."""
        if 'FROM "appliances_appliance"' in sql and next(moments, False):
            an_appliance(flat.home, "Charger", watts=11, at=a_circuit(flat.home, "Garage"), on=True)
        return execute(sql, *rest)

    with connection.execute_wrapper(meanwhile):
        load = ask("get", "/homes/harbour-flat/load").json()

    assert (load["revision"], load["load_watts"], load["appliances_on"]) == (12, 3911, 3)
