"""What holds at every address there is: walked, not listed."""

import contextlib
from typing import Any
from urllib.parse import urlsplit

import pytest
from asgiref.sync import sync_to_async
from django.conf import settings
from django.test import Client

from appliances.models import Appliance
from tests.architecture.routes import a_furnished_installation, all_routes, everything, watched
from tests.builders import confirm
from tests.serving.asking import Heard, a_request, ask
from voltsafe.asgi import application
from voltsafe.headers import MISSING

EVIL = "https://evil.example/"
ELSEWHERE = [EVIL, "//evil.example/", "/\\evil.example/", "javascript:alert(1)", "https:evil.example"]
NEXT = ("next", "url", "redirect", "return_to", "continue", "_popup")


def a_browser(*, checks_csrf: bool = False) -> Client:
    keeper = a_furnished_installation()
    browser = Client(enforce_csrf_checks=checks_csrf)
    browser.force_login(keeper)
    confirm(browser, keeper)
    return browser


@pytest.mark.everywhere
@pytest.mark.django_db
@pytest.mark.parametrize("method", ["get", "head", "options"])
def test_nothing_is_done_by_looking(method: str) -> None:
    browser = a_browser()
    routes = all_routes()
    assert sum(map(len, everything().values())) > 20

    with watched() as unchanged:
        for path in routes:
            asked = {"is_on": "true", "off": "1", "action": "delete_selected", "confirm": "1", "_selected_action": "1"}
            getattr(browser, method)(path, asked)
            assert unchanged(), path


@pytest.mark.django_db
def test_what_is_done_is_noticed_once() -> None:
    a_furnished_installation()

    with contextlib.ExitStack() as stack:
        unchanged = stack.enter_context(watched())
        assert unchanged()
        Appliance.objects.update(note="Forged.")
        assert not unchanged()
        with pytest.raises(AssertionError):
            stack.close()


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nothing_is_done_without_the_token_that_only_our_pages_have(method: str) -> None:
    browser = a_browser(checks_csrf=True)

    with watched() as unchanged:
        for path in all_routes():
            answer = getattr(browser, method)(path, {"is_on": "true", "name": "Forged"}, "application/json")
            allowed = {403} if method == "post" and not path.startswith("/api/") else {401, 403, 404, 405}
            assert answer.status_code in allowed, (path, answer.status_code)
            assert unchanged(), path


@pytest.mark.django_db
def test_a_form_of_another_page_is_refused_though_it_has_a_token() -> None:
    browser = a_browser(checks_csrf=True)
    browser.get("/homes/add/")
    token = browser.cookies[settings.CSRF_COOKIE_NAME].value
    before = everything()

    for origin in ("https://evil.example", "null", "http://testserver:9000", "https://testserver"):
        sent = {"csrfmiddlewaretoken": token, "name": "Forged", "limit": "5000"}
        assert browser.post("/homes/add/", sent, headers={"Origin": origin}).status_code == 403
    assert everything() == before


@pytest.mark.django_db
@pytest.mark.parametrize("signed_in", [True, False], ids=["signed in", "nobody"])
@pytest.mark.parametrize("evil", ELSEWHERE)
def test_no_address_sends_anybody_to_another_place(evil: str, signed_in: bool) -> None:
    browser = a_browser()
    if not signed_in:
        browser.logout()

    for path in all_routes():
        answer = browser.get(path, dict.fromkeys(NEXT, evil), headers={"Referer": EVIL})
        where = urlsplit(answer.headers.get("Location", ""))
        assert (where.scheme, where.netloc) == ("", ""), path
        assert not where.path.startswith(("//", "/\\")), path


async def heard(path: str, method: str, cookie: str) -> Heard:
    headers = [(b"cookie", cookie.encode())] if cookie else []
    found = await ask(application, a_request(path.encode(), method=method, headers=headers))
    assert found is not None
    return found


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("signed_in", [True, False], ids=["signed in", "nobody"])
async def test_every_answer_tells_the_browser_what_to_hold_to(signed_in: bool) -> None:
    browser = await sync_to_async(a_browser)()
    name = settings.SESSION_COOKIE_NAME
    cookie = f"{name}={browser.cookies[name].value}" if signed_in else ""
    statuses = set()

    for path in [*await sync_to_async(all_routes)(), "/nothing/", "/static/nothing.css"]:
        for method in ("GET", "POST", "TRACE"):
            answer = await heard(path, method, cookie)
            statuses.add(answer.status)
            assert method != "TRACE" or answer.status >= 300, path
            _holds_to_everything(answer, f"{method} {path}")

    assert statuses >= ({200, 302, 403, 404, 405} if signed_in else {200, 302, 401, 403, 404, 405})


def _holds_to_everything(answer: Heard, where: str) -> None:
    told: dict[str, Any] = {name.decode(): value.decode() for name, value in answer.headers}
    assert {name.decode() for name in MISSING} <= told.keys(), where
    policy = told["content-security-policy"]
    assert "unsafe" not in policy, where
    for part in ("default-src 'none'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"):
        assert part in policy, where
    kept = told["cache-control"]
    assert "no-store" in kept or ("private" in kept and "no-cache" in kept), where
    assert told["x-content-type-options"] == "nosniff", where
    assert told["x-frame-options"] == "DENY", where
    assert "server" not in told, where
    assert not any(name.startswith("access-control-") for name in told), where
    if answer.body:
        assert "content-type" in told, where
        assert (
            told["content-type"].split(";")[0] not in {"text/html", "text/plain"} or "charset" in told["content-type"]
        ), where
