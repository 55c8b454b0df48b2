"""Who may ask at all: a token's bearer, or a browser's session from one of our pages."""

from typing import Any

import pytest
from django.test import Client

from appliances.models import Appliance, Token
from tests.api.conftest import ROOT, Caller, Flat, code_of
from tests.builders import a_person

LAMP_ON = {"is_on": True}


@pytest.fixture
def browser(flat: Flat) -> Client:
    """Signed in, with csrf checked as it is for real browsers."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(flat.owner)
    return client


def toggle(client: Client, flat: Flat, **headers: str) -> Any:
    path = f"{ROOT}/appliances/{flat.lamp.pk}/toggle"
    return client.post(path, LAMP_ON, content_type="application/json", headers=headers)


def test_nobody_is_told_to_sign_in(flat: Flat) -> None:
    answer = Client().get(f"{ROOT}/homes")

    assert answer.status_code == 401
    assert code_of(answer) == "not_signed_in"
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_a_token_must_be_one_of_ours(flat: Flat) -> None:
    for header in ("Bearer", "Bearer ", "Bearer vs_wrong", "Bearer x", "Basic YTpi", "vs_x", "Bearer ä", ""):
        assert Client().get(f"{ROOT}/homes", headers={"authorization": header}).status_code == 401, header


def test_a_token_works_until_it_is_taken_away(api: Caller) -> None:
    assert api.ask("get", "/homes").status_code == 200

    Token.objects.all().delete()

    assert api.ask("get", "/homes").status_code == 401


def test_a_token_works_only_for_who_may_sign_in(api: Caller, flat: Flat) -> None:
    flat.owner.is_active = False
    flat.owner.save()

    assert api.ask("get", "/homes").status_code == 401


def test_a_token_notes_when_it_was_used(api: Caller) -> None:
    api.ask("get", "/homes")

    assert Token.objects.get().last_used_at is not None


def test_a_token_needs_no_page_of_ours(flat: Flat) -> None:
    api = Caller(flat.owner)
    api.handler.enforce_csrf_checks = True

    assert api.ask("post", f"/appliances/{flat.lamp.pk}/toggle", LAMP_ON).status_code == 200


def test_a_token_that_is_wrong_is_not_made_good_by_a_session(browser: Client) -> None:
    assert browser.get(f"{ROOT}/homes", headers={"authorization": "Bearer vs_wrong"}).status_code == 401


def test_a_session_reads(browser: Client) -> None:
    assert browser.get(f"{ROOT}/homes").status_code == 200


def test_a_session_reads_through_a_proxy_with_a_password_of_its_own(browser: Client) -> None:
    assert browser.get(f"{ROOT}/homes", headers={"authorization": "Basic YTpi"}).status_code == 200


def test_a_session_changes_nothing_without_our_pages_token(browser: Client, flat: Flat) -> None:
    answer = toggle(browser, flat)

    assert answer.status_code == 403
    assert code_of(answer) == "csrf_failed"
    assert Appliance.objects.get(pk=flat.lamp.pk).is_on is False


def test_a_session_changes_with_our_pages_token(browser: Client, flat: Flat) -> None:
    browser.get("/")
    page = browser.get(f"/homes/{flat.home.slug}/").content.decode()
    token = page.partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0]

    assert toggle(browser, flat, x_csrftoken=token).status_code == 200


def test_no_method_that_changes_is_forgotten(browser: Client, flat: Flat) -> None:
    lamp = f"{ROOT}/appliances/{flat.lamp.pk}"

    for method, path in (("POST", f"{ROOT}/homes"), ("PATCH", lamp), ("DELETE", lamp)):
        assert code_of(browser.generic(method, path, b"{}", "application/json")) == "csrf_failed"


def test_a_form_of_another_site_is_refused(browser: Client, flat: Flat) -> None:
    path = f"{ROOT}/appliances/{flat.lamp.pk}/toggle"

    assert code_of(browser.post(path, {"is_on": "true"})) == "csrf_failed"
    broken = browser.post(path, "x", content_type="multipart/form-data; boundary=")
    assert code_of(broken) in {"malformed", "csrf_failed"}


def test_the_record_says_who_asked(browser: Client, api: Caller, flat: Flat) -> None:
    browser.handler.enforce_csrf_checks = False
    toggle(browser, flat)
    api.ask("post", f"/appliances/{flat.lamp.pk}/toggle", {"is_on": False})

    newest, before = api.ask("get", f"/homes/{flat.home.slug}/decisions?limit=2").json()["items"]

    assert (newest["by"]["kind"], newest["by"]["name"]) == ("token", "ada (test)")
    assert (before["by"]["kind"], before["by"]["name"]) == ("person", "ada")


def test_before_the_first_account_it_says_what_to_do(db: None) -> None:
    answer = Client().get(f"{ROOT}/homes")

    assert answer.status_code == 503
    assert answer.json()["code"] == "not_set_up"


def test_unknown_addresses_are_problems_too(flat: Flat) -> None:
    for path in ("/", "/nothing", "/homes/", "/homes/a b", "/appliances/x", "/appliances/1/toggle/", "/%00", "/docs/"):
        answer = Client().get(ROOT + path)
        assert answer.status_code == 404, path
        assert code_of(answer) == "not_found"


def test_methods_that_are_not_there_are_problems_too(api: Caller, flat: Flat) -> None:
    for method, path in (
        ("put", "/homes"),
        ("post", "/homes/harbour-flat/load"),
        ("get", f"/appliances/{flat.lamp.pk}/toggle"),
        ("delete", "/openapi.json"),
        ("options", "/homes"),
        ("trace", "/homes"),
    ):
        answer = api.ask(method, path)
        assert answer.status_code == 405, (method, path)
        assert code_of(answer) == "method_not_allowed"
    assert answer.headers["Allow"] == "GET, HEAD, POST"


def test_head_is_get_without_the_body(api: Caller) -> None:
    head, get = (api.generic(method, f"{ROOT}/homes/harbour-flat/load") for method in ("HEAD", "GET"))

    assert (head.status_code, head.headers["ETag"]) == (200, get.headers["ETag"])


def test_nothing_is_kept_by_a_shared_cache(api: Caller) -> None:
    for path in ("/homes", "/homes/harbour-flat/load", "/openapi.json", "/nothing"):
        answer = api.ask("get", path)
        assert answer.headers["Cache-Control"] == "private, no-cache"
        assert {"Authorization", "Cookie"} <= set(answer.headers["Vary"].split(", "))


def test_a_stranger_is_told_the_same_of_what_is_there_and_what_is_not(flat: Flat) -> None:
    stranger = Caller(a_person())

    for there, gone in (
        ("/homes/harbour-flat", "/homes/nowhere"),
        (f"/appliances/{flat.lamp.pk}", "/appliances/999999"),
        (f"/circuits/{flat.main.pk}", "/circuits/999999"),
    ):
        one, other = (stranger.ask("get", path).json() for path in (there, gone))
        assert {**one, "instance": ""} == {**other, "instance": ""}
