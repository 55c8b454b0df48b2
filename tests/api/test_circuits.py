"""Circuits over the API."""

from typing import Any

from appliances.models import Circuit
from tests.api.conftest import Flat, code_of
from tests.builders import a_circuit, a_home


def test_lists_the_circuits_of_a_home(ask: Any, flat: Flat) -> None:
    listed = ask("get", "/homes/harbour-flat/circuits").json()["items"]

    assert [(one["name"], one["load_watts"], one["parent_id"]) for one in listed] == [
        ("Main", 3900, None),
        ("Kitchen", 2400, flat.main.pk),
    ]


def test_shows_a_circuit(ask: Any, flat: Flat) -> None:
    assert ask("get", f"/circuits/{flat.kitchen.pk}").json()["headroom_watts"] == 1200


def test_adds_a_circuit_below_the_main_if_no_parent_is_named(ask: Any, flat: Flat) -> None:
    answer = ask("post", "/homes/harbour-flat/circuits", {"name": "Garage", "limit_watts": 3680})

    made = answer.json()
    assert answer.status_code == 201
    assert answer.headers["Location"] == f"/api/v1/circuits/{made['id']}"
    assert (made["parent_id"], made["limit_watts"], made["load_watts"]) == (flat.main.pk, 3680, 0)


def test_adds_a_circuit_below_another(ask: Any, flat: Flat) -> None:
    sent = {"name": "Worktop", "limit_watts": 2990, "parent_id": flat.kitchen.pk}

    assert ask("post", "/homes/harbour-flat/circuits", sent).json()["parent_id"] == flat.kitchen.pk


def test_a_circuit_is_not_fed_from_another_home(ask: Any, flat: Flat) -> None:
    elsewhere = a_circuit(a_home())

    answer = ask("patch", f"/circuits/{flat.kitchen.pk}", {"parent_id": elsewhere.pk})

    assert answer.json()["errors"] == {"parent_id": ["There is no such circuit in this home."]}


def test_a_circuit_is_not_fed_from_below_itself(ask: Any, flat: Flat) -> None:
    below = a_circuit(flat.home, fed_from=flat.kitchen)

    for parent in (flat.kitchen.pk, below.pk):
        answer = ask("patch", f"/circuits/{flat.kitchen.pk}", {"parent_id": parent})
        assert list(answer.json()["errors"]) == ["parent_id"]


def test_only_the_main_circuit_has_no_parent(ask: Any, flat: Flat) -> None:
    assert list(ask("patch", f"/circuits/{flat.kitchen.pk}", {"parent_id": None}).json()["errors"]) == ["parent_id"]
    assert ask("patch", f"/circuits/{flat.main.pk}", {"parent_id": None}).status_code == 200
    assert (
        ask("post", "/homes/harbour-flat/circuits", {"name": "B", "limit_watts": 1, "parent_id": None}).status_code
        == 422
    )


def test_a_limit_is_changed_down_to_what_is_on(ask: Any, flat: Flat) -> None:
    assert ask("patch", f"/circuits/{flat.kitchen.pk}", {"limit_watts": 2400}).json()["headroom_watts"] == 0

    answer = ask("patch", f"/circuits/{flat.kitchen.pk}", {"limit_watts": "2399.999"})

    assert code_of(answer) == "capacity_exceeded"
    assert answer.json()["make_room"] == [
        {"off": [flat.oven.pk], "appliances": [{"id": flat.oven.pk, "name": "Oven", "rated_watts": 2400}]}
    ]


def test_a_limit_is_never_negative(ask: Any, flat: Flat) -> None:
    answer = ask("patch", f"/circuits/{flat.kitchen.pk}", {"limit_watts": -0.001})

    assert answer.json()["errors"] == {"limit_watts": ["A limit is never negative."]}


def test_removes_a_circuit_that_feeds_nothing(ask: Any, flat: Flat) -> None:
    garage = a_circuit(flat.home, "Garage")

    assert ask("delete", f"/circuits/{garage.pk}").status_code == 204
    assert not Circuit.objects.filter(pk=garage.pk).exists()


def test_what_is_in_use_stays(ask: Any, flat: Flat) -> None:
    answer = ask("delete", f"/circuits/{flat.kitchen.pk}")

    assert answer.status_code == 409
    assert code_of(answer) == "in_use"
    assert answer.json()["detail"] == "2 appliances are plugged in at it. Move or remove them first."
    assert code_of(ask("delete", f"/circuits/{flat.main.pk}")) == "in_use"
