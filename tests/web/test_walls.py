"""The page where an owner adds, links, changes and removes the screens on the walls of a home."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from appliances.models import Decision, Wall
from appliances.models.membership import Role
from appliances.services import walls
from tests.builders import a_home, a_person, a_wall, confirm
from tests.presentation import markup

PAGE = "/homes/harbour-flat/walls/"
HALLWAY = {"name": "Hallway"}


@pytest.fixture
def confirmed(browser: Client, flat: dict[str, Any]) -> Client:
    confirm(browser, flat["owner"])
    return browser


def link_of(answer: Any) -> str:
    return str(answer.context["url"]).rstrip("/").rpartition("/")[2]


def test_one_is_added_and_its_link_shown_once(confirmed: Client) -> None:
    answer = confirmed.post(PAGE, HALLWAY)
    text = link_of(answer)

    assert answer.status_code == 201
    assert answer.context["url"] == f"http://testserver/wall/link/{text}/"
    assert walls.at_link(text=text, now=timezone.now()) == Wall.objects.get()
    assert markup.find(markup.parse(answer.content.decode()), "wall-url") is not None
    assert '<svg class="qr"' in answer.content.decode()
    assert text not in confirmed.get(PAGE).content.decode()
    assert "no-store" in answer["Cache-Control"]


def test_a_link_that_only_works_here_says_so(confirmed: Client) -> None:
    here = confirmed.post(PAGE, HALLWAY, headers={"host": "127.0.0.1:8000"})
    there = confirmed.post(PAGE, {"name": "Attic"})

    assert "works on this computer only" in here.content.decode()
    assert "works on this computer only" not in there.content.decode()


def test_adding_asks_who_it_is(browser: Client) -> None:
    asked = browser.post(PAGE, HALLWAY)
    assert asked.status_code == 403
    assert 'name="confirm_password"' in asked.content.decode()
    assert not Wall.objects.exists()

    assert browser.post(PAGE, {**HALLWAY, "confirm_password": "correct horse battery"}).status_code == 201


def test_a_name_that_cannot_be_is_said_at_its_field(confirmed: Client) -> None:
    for name in ("", " ", "x" * 81):
        answer = confirmed.post(PAGE, {"name": name})
        assert answer.status_code == 422
        assert list(answer.context["form"].errors) == ["name"]


def test_they_are_listed_with_how_they_stand(confirmed: Client, flat: dict[str, Any]) -> None:
    confirmed.post(PAGE, {"name": "A", "is_read_only": "on"})
    a_wall(flat["home"], "B")
    _row, secret = a_wall(flat["home"], "C")
    walls.holding(secret=secret, now=timezone.now())

    waits, linked, seen = confirmed.get(PAGE).context["walls"]

    assert (waits.state, waits.may_text) == ("unlinked", "Only looks")
    assert waits.state_text.startswith("Not linked yet")
    assert (linked.state, linked.state_text, linked.may_text) == ("away", "Linked", "May switch")
    assert (seen.state, seen.night_text) == ("on", "Dark from 22:00 to 06:00")


def test_a_change_is_saved(confirmed: Client, flat: dict[str, Any]) -> None:
    row, _secret = a_wall(flat["home"])
    wanted = {"name": "Attic", "is_read_only": "on", "night_from": "21:30", "night_until": "21:30"}

    answer = confirmed.post(f"{PAGE}{row.pk}/", wanted, follow=True)

    assert "Attic saved." in answer.content.decode()
    [line] = answer.context["walls"]
    assert (line.name, line.may_text, line.night_text) == ("Attic", "Only looks", "Never dark")


def test_a_change_asks_who_it_is(browser: Client, flat: dict[str, Any]) -> None:
    row, _secret = a_wall(flat["home"], is_read_only=True)

    answer = browser.post(f"{PAGE}{row.pk}/", {"name": "Hallway", "night_from": "22:00", "night_until": "06:00"})

    assert answer.status_code == 403
    row.refresh_from_db()
    assert row.is_read_only


def test_hours_that_are_none_are_said_at_their_field(confirmed: Client, flat: dict[str, Any]) -> None:
    row, _secret = a_wall(flat["home"])

    answer = confirmed.post(f"{PAGE}{row.pk}/", {"name": "A", "night_from": "25:00", "night_until": ""})

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["night_from", "night_until"]


def test_linking_again_asks_and_makes_a_new_link(confirmed: Client, flat: dict[str, Any]) -> None:
    row, secret = a_wall(flat["home"])
    asked = confirmed.get(f"{PAGE}{row.pk}/link/").content.decode()
    assert "stays so until the new link is used" in asked

    text = link_of(confirmed.post(f"{PAGE}{row.pk}/link/"))

    assert walls.at_link(text=text, now=timezone.now()) == row
    assert walls.holding(secret=secret, now=timezone.now()) == row


def test_linking_again_asks_who_it_is(browser: Client, flat: dict[str, Any]) -> None:
    row, _secret = a_wall(flat["home"])

    assert browser.post(f"{PAGE}{row.pk}/link/").status_code == 403
    again = browser.post(f"{PAGE}{row.pk}/link/", {"confirm_password": "correct horse battery"})
    assert again.status_code == 201


def test_removing_asks_first(confirmed: Client, flat: dict[str, Any]) -> None:
    row, secret = a_wall(flat["home"])

    assert "Remove Hallway?" in confirmed.get(f"{PAGE}{row.pk}/remove/").content.decode()
    assert walls.holding(secret=secret, now=timezone.now()) == row
    assert confirmed.post(f"{PAGE}{row.pk}/remove/").headers["Location"] == PAGE

    assert walls.holding(secret=secret, now=timezone.now()) is None
    assert Decision.objects.get(action="remove_wall").actor_name == "ada"


def test_one_of_another_home_is_not_there(confirmed: Client) -> None:
    row, secret = a_wall(a_home("Elsewhere"))

    for path in ("", "link/", "remove/"):
        assert confirmed.get(f"{PAGE}{row.pk}/{path}").status_code == 404
        assert confirmed.post(f"{PAGE}{row.pk}/{path}", HALLWAY).status_code == 404
    assert walls.holding(secret=secret, now=timezone.now()) == row


@pytest.mark.parametrize("role", [Role.MEMBER, Role.GUEST, Role.VIEWER])
def test_only_owners_have_the_page_and_the_way_there(client: Client, flat: dict[str, Any], role: str) -> None:
    row, _secret = a_wall(flat["home"])
    client.force_login(a_person(home=flat["home"], role=role))

    assert f'href="{PAGE}"' not in client.get("/homes/harbour-flat/").content.decode()
    for path in ("", f"{row.pk}/", f"{row.pk}/link/", f"{row.pk}/remove/"):
        assert client.get(f"{PAGE}{path}").status_code == 403
        assert client.post(f"{PAGE}{path}", HALLWAY).status_code == 403


def test_the_menu_of_the_home_leads_there(browser: Client) -> None:
    assert f'href="{PAGE}"' in browser.get("/homes/harbour-flat/").content.decode()
