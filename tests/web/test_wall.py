"""What a wall screen may: one that switches, one that only looks, one of another home, one that is gone, and none."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from appliances.models import Appliance, Attempt, Decision, Wall
from appliances.services import access, actor, throttle, walls
from tests.builders import a_home, a_person, a_wall, a_wall_to_be, an_appliance
from tests.presentation import markup
from tests.web.conftest import HTMX

COOKIE = settings.WALL_COOKIE_NAME
PAGES = ["/wall/", "/wall/board/"]
COMMANDS = {"switch": {"is_on": "true"}, "swap": {"off": ""}, "wait": {}, "cancel-wait": {}}


def a_screen(secret: str) -> Client:
    client = Client()
    client.cookies[COOKIE] = secret
    return client


@pytest.fixture
def screen(flat: dict[str, Any]) -> Client:
    return a_screen(a_wall(flat["home"])[1])


def command(screen: Client, row: Any, name: str = "switch", **fields: str) -> Any:
    return screen.post(f"/wall/appliances/{row.pk}/{name}/", {**COMMANDS[name], **fields}, headers=HTMX)


def test_it_shows_its_home_and_nothing_that_leads_away(screen: Client, flat: dict[str, Any]) -> None:
    answer = screen.get("/wall/")
    page = markup.parse(answer.content.decode())

    assert answer.status_code == 200
    assert "Harbour flat" in answer.content.decode()
    links = {node[1]["href"] for node in markup.every(page) if node[0] == "a"}
    assert links == {"#main"}
    assert "no-store" in answer["Cache-Control"]


def test_the_board_alone_is_what_the_page_shows(screen: Client, flat: dict[str, Any]) -> None:
    answer = screen.get("/wall/board/")

    ids = [piece[1]["id"] for piece in markup.roots(answer.content.decode())]
    assert ids == ["revision", "overload", "pulse", "limits", "meter", "board"]
    assert answer["X-VoltSafe-Revision"] == str(Wall.objects.get().home.revision)


@pytest.mark.parametrize("path", PAGES)
def test_every_look_keeps_the_cookie_for_another_year(screen: Client, path: str) -> None:
    cookie = screen.get(path).cookies[COOKIE]

    assert cookie["max-age"] == 60 * 60 * 24 * 365
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert not cookie["secure"]


def test_under_https_the_cookie_goes_no_other_way(screen: Client, settings: Any) -> None:
    settings.IS_HTTPS = True

    assert screen.get("/wall/").cookies[COOKIE]["secure"]


def test_a_command_does_it_and_the_record_names_the_wall(screen: Client, flat: dict[str, Any]) -> None:
    answer = command(screen, flat["heater"], is_on="false")

    assert answer.status_code == 200
    ids = [piece[1]["id"] for piece in markup.roots(answer.content.decode())]
    assert ids == ["meter", f"appliance-{flat['heater'].pk}", f"answer-{flat['heater'].pk}"]
    newest = Decision.objects.filter(home=flat["home"]).order_by("-revision")[0]
    assert (newest.action, newest.actor, newest.actor_name) == ("switch_off", "wall", "Hallway")


def test_a_refusal_speaks_in_the_tile_with_ways_to_hold(screen: Client, flat: dict[str, Any]) -> None:
    answer = command(screen, flat["kettle"])

    text = answer.content.decode()
    assert answer.status_code == 403
    assert "Kettle stays off." in text
    assert f"/wall/appliances/{flat['kettle'].pk}/swap/" in text
    ways = [one for one in markup.every(markup.parse(text)) if one[0] == "button" and one[1].get("class") == "way"]
    assert ways
    assert all(one[1]["hx-trigger"] == "held" for one in ways)


def test_a_way_out_is_taken(screen: Client, flat: dict[str, Any]) -> None:
    assert command(screen, flat["kettle"], "swap", off=str(flat["oven"].pk)).status_code == 200

    flat["kettle"].refresh_from_db()
    assert flat["kettle"].is_on


def test_it_waits_for_room_and_waits_no_longer(screen: Client, flat: dict[str, Any]) -> None:
    assert command(screen, flat["kettle"], "wait").status_code == 200
    assert "Starts when there is room" in screen.get("/wall/board/").content.decode()

    assert command(screen, flat["kettle"], "cancel-wait").status_code == 200
    assert "Starts when there is room" not in screen.get("/wall/board/").content.decode()


def test_nonsense_is_a_bad_request(screen: Client, flat: dict[str, Any]) -> None:
    assert command(screen, flat["oven"], is_on="maybe").status_code == 400
    assert command(screen, flat["oven"], "swap", off="x").status_code == 400


def test_a_tap_without_javascript_is_asked_about_once_more(screen: Client, flat: dict[str, Any]) -> None:
    path = f"/wall/appliances/{flat['heater'].pk}/switch/"

    asked = screen.post(path, {"is_on": "false"})
    flat["heater"].refresh_from_db()
    assert flat["heater"].is_on
    assert "Switch Heater off?" in asked.content.decode()
    assert '<input type="hidden" name="is_on" value="false">' in asked.content.decode()

    meant = screen.post(path, {"is_on": "false", "sure": "true"})
    flat["heater"].refresh_from_db()
    assert not flat["heater"].is_on
    assert meant.headers["Location"].startswith("/wall/")


def test_what_is_gone_is_not_asked_about(screen: Client, flat: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Removed between the question whether they may and the one how it is called."""
    allowed = access.at_appliance

    def allowed_and_gone(**how: Any) -> Any:
        found = allowed(**how)
        Appliance.objects.filter(pk=flat["kettle"].pk).delete()
        return found

    monkeypatch.setattr(access, "at_appliance", allowed_and_gone)

    assert screen.post(f"/wall/appliances/{flat['kettle'].pk}/switch/", {"is_on": "true"}).status_code == 404


def test_without_javascript_the_refusal_waits_on_the_page(screen: Client, flat: dict[str, Any]) -> None:
    path = f"/wall/appliances/{flat['kettle'].pk}/switch/"

    text = screen.post(path, {"is_on": "true", "sure": "true"}, follow=True).content.decode()

    assert "Kettle stays off." in text
    assert f"/wall/appliances/{flat['kettle'].pk}/swap/" in text


def test_a_get_does_nothing(screen: Client, flat: dict[str, Any]) -> None:
    for name, fields in COMMANDS.items():
        assert screen.get(f"/wall/appliances/{flat['oven'].pk}/{name}/", fields).status_code == 405


def test_no_other_site_presses_its_buttons(flat: dict[str, Any]) -> None:
    screen = Client(enforce_csrf_checks=True)
    screen.cookies[COOKIE] = a_wall(flat["home"])[1]

    assert command(screen, flat["heater"], is_on="false").status_code == 403
    flat["heater"].refresh_from_db()
    assert flat["heater"].is_on


def test_one_that_only_looks_switches_nothing(flat: dict[str, Any]) -> None:
    screen = a_screen(a_wall(flat["home"], is_read_only=True)[1])
    before = Decision.objects.count()

    page = screen.get("/wall/").content.decode()
    assert 'role="switch"' not in page
    assert "data-hold" not in page
    for name, fields in COMMANDS.items():
        assert command(screen, flat["heater"], name).status_code == 403
        path = f"/wall/appliances/{flat['heater'].pk}/{name}/"
        assert screen.post(path, {**fields, "sure": "true"}).status_code == 403
        assert screen.post(path, fields).status_code == 403
    assert Decision.objects.count() == before


def test_a_wall_of_another_home_does_not_know_what_is_here(flat: dict[str, Any]) -> None:
    screen = a_screen(a_wall(a_home("Elsewhere"))[1])
    before = Decision.objects.count()

    assert "Elsewhere" in screen.get("/wall/").content.decode()
    for name in COMMANDS:
        assert command(screen, flat["heater"], name).status_code == 404
    assert Decision.objects.count() == before


def of_nobody(flat: dict[str, Any]) -> Client:
    return Client()


def of_a_guess(flat: dict[str, Any]) -> Client:
    return a_screen("vsw_guess")


def of_a_link(flat: dict[str, Any]) -> Client:
    return a_screen(a_wall_to_be(flat["home"])[1])


def of_one_removed(flat: dict[str, Any]) -> Client:
    row, secret = a_wall(flat["home"])
    walls.remove(home_id=flat["home"].pk, wall_id=row.pk, by=actor.SYSTEM, now=timezone.now())
    return a_screen(secret)


def of_a_session(flat: dict[str, Any]) -> Client:
    client = Client()
    client.force_login(flat["owner"])
    return client


def of_one_unlinked(flat: dict[str, Any]) -> Client:
    """Never linked, its digest is empty: an empty cookie is not it."""
    a_wall_to_be(flat["home"])
    return a_screen("")


@pytest.mark.parametrize("whose", [of_nobody, of_a_guess, of_a_link, of_one_removed, of_a_session, of_one_unlinked])
def test_any_other_browser_is_told_how_to_become_one(
    flat: dict[str, Any], whose: Callable[[dict[str, Any]], Client]
) -> None:
    screen = whose(flat)
    before = Decision.objects.count()

    for path in PAGES:
        answer = screen.get(path)
        assert answer.status_code == 401
        assert "Harbour flat" not in answer.content.decode()
        assert "linked" in answer.content.decode()
    for name in COMMANDS:
        answer = command(screen, flat["heater"], name)
        assert answer.status_code == 401
        assert answer["HX-Refresh"] == "true"
    assert Decision.objects.count() == before


def test_one_that_was_linked_hears_that_it_is_no_longer(flat: dict[str, Any]) -> None:
    assert "This screen is no longer linked" in of_one_removed(flat).get("/wall/").content.decode()
    assert "This screen is not linked" in Client().get("/wall/").content.decode()


def test_a_secret_opens_nothing_but_the_wall(screen: Client, flat: dict[str, Any]) -> None:
    assert screen.get("/homes/harbour-flat/").status_code == 302
    assert screen.post(f"/appliances/{flat['oven'].pk}/switch/", {"is_on": "false"}).status_code == 302
    assert screen.get("/api/v1/homes").status_code == 401


def test_looking_at_a_link_changes_nothing(flat: dict[str, Any]) -> None:
    row, text = a_wall_to_be(flat["home"])
    before = Decision.objects.count()

    for _time in range(2):
        answer = Client().get(f"/wall/link/{text}/")
        assert answer.status_code == 200
        assert "Make this screen the wall screen Hallway of Harbour flat?" in answer.content.decode()

    assert COOKIE not in answer.cookies
    assert walls.at_link(text=text, now=timezone.now()) == row
    assert Decision.objects.count() == before


def test_using_a_link_makes_the_browser_the_screen(flat: dict[str, Any]) -> None:
    _row, text = a_wall_to_be(flat["home"])
    browser = Client()

    answer = browser.post(f"/wall/link/{text}/")

    assert answer.headers["Location"] == "/wall/"
    assert answer.cookies[COOKIE]["httponly"]
    assert browser.get("/wall/").status_code == 200


def test_a_link_that_was_used_is_too_old_or_is_none_says_so(flat: dict[str, Any]) -> None:
    _row, used = a_wall_to_be(flat["home"], "Used")
    Client().post(f"/wall/link/{used}/")
    old_row, old = a_wall_to_be(flat["home"], "Old")
    Wall.objects.filter(pk=old_row.pk).update(link_expires_at=timezone.now() - timedelta(seconds=1))

    for text in (used, old, "vsl_guess", "x", "%00"):
        for method in ("get", "post"):
            answer = getattr(Client(), method)(f"/wall/link/{text}/")
            assert answer.status_code == 404, text
            assert "used or is too old" in answer.content.decode()
            assert COOKIE not in answer.cookies


def test_guessing_at_links_gets_slow_from_one_address_only(flat: dict[str, Any]) -> None:
    guesses = [Client().get(f"/wall/link/vsl_{number}/").status_code for number in range(throttle.LINK.free + 2)]
    _row, text = a_wall_to_be(flat["home"])

    assert set(guesses[: throttle.LINK.free]) == {404}
    assert guesses[-1] == 429
    assert Client().get(f"/wall/link/{text}/", REMOTE_ADDR="203.0.113.9").status_code == 200


def test_a_link_that_is_one_leaves_no_try_behind(flat: dict[str, Any]) -> None:
    _row, text = a_wall_to_be(flat["home"])

    Client().get(f"/wall/link/{text}/")
    Client().post(f"/wall/link/{text}/")

    assert not Attempt.objects.exists()


def test_no_other_site_uses_a_link(flat: dict[str, Any]) -> None:
    row, text = a_wall_to_be(flat["home"])

    assert Client(enforce_csrf_checks=True).post(f"/wall/link/{text}/").status_code == 403
    assert walls.at_link(text=text, now=timezone.now()) == row


def test_an_appliance_that_is_not_there_is_not_found(screen: Client, flat: dict[str, Any]) -> None:
    theirs = an_appliance(a_home("Elsewhere"))

    for row in (theirs, type("Gone", (), {"pk": 999_999})):
        assert command(screen, row).status_code == 404


def test_the_night_of_the_wall_and_the_clock_of_the_home_are_on_the_page(screen: Client) -> None:
    live = markup.find(markup.parse(screen.get("/wall/").content.decode()), "live")

    assert live is not None
    assert (live[1]["data-night-from"], live[1]["data-night-until"]) == ("22:00", "06:00")
    assert live[1]["data-timezone"] == "UTC"


def test_who_is_signed_in_beside_makes_no_difference(screen: Client, flat: dict[str, Any]) -> None:
    screen.force_login(a_person("eve"))

    assert screen.get("/wall/").status_code == 200
    command(screen, flat["heater"], is_on="false")
    assert Decision.objects.order_by("-id")[0].actor == "wall"


@pytest.mark.parametrize("path", PAGES)
def test_a_look_costs_as_little_however_much_is_in_the_home(
    screen: Client, flat: dict[str, Any], django_assert_num_queries: Any, path: str
) -> None:
    """The wall; then the home with its controller, circuits, appliances and limits, and that it is still the same."""
    for number in range(10):
        an_appliance(flat["home"], f"Lamp {number}", watts=5)
    screen.get(path)

    with django_assert_num_queries(6):
        screen.get(path)
