"""Every secret of ours goes through its door, in every way people and programs get it wrong, and none is in the log."""

import io
import re
from collections.abc import Iterator
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from asgiref.sync import sync_to_async
from channels.testing import WebsocketCommunicator
from django.conf import settings

from appliances.models import Home, Invitation, User
from appliances.services import people
from tests.builders import a_home, a_person, a_token, a_wall, a_wall_to_be, an_appliance, an_invitation
from tests.serving.asking import Heard, a_part, a_request, ask
from tests.web.signing import recovery_codes, with_app
from voltsafe import logs
from voltsafe.asgi import application

pytestmark = pytest.mark.django_db(transaction=True)

FORM_TOKEN = "f" * 32
PASSWORD = "correct horse battery"
GUESSED = "hunter2-is-my-other-password"


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    stream = io.StringIO()
    monkeypatch.setattr("sys.stderr", stream)
    logs.configure({"form": logs.JSON})
    yield stream
    monkeypatch.undo()
    logs.configure({"form": logs.TEXT})


class Browser:
    """Keeps its cookies, and fills in forms."""

    def __init__(self) -> None:
        self.cookies = {settings.CSRF_COOKIE_NAME: FORM_TOKEN}
        self.held: set[str] = set()
        """Every value a cookie has had."""

    async def get(self, path: str, **more: Any) -> Heard:
        return await self._ask(path, **more)

    async def post(self, path: str, **fields: str) -> Heard:
        body = urlencode({"csrfmiddlewaretoken": FORM_TOKEN, **fields}).encode()
        kind = [(b"content-type", b"application/x-www-form-urlencoded")]
        return await self._ask(path, a_part(body), method="POST", headers=kind)

    async def _ask(self, path: str, *parts: dict[str, Any], **more: Any) -> Heard:
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        headers = [*more.pop("headers", []), (b"cookie", cookie.encode()), (b"user-agent", b"Firefox/140 Linux")]
        path, _mark, query = path.partition("?")
        scope = a_request(quote(path).encode(), headers=headers, query_string=query.encode(), **more)
        heard = await ask(application, scope, *parts)
        assert heard is not None
        for name, value in heard.headers:
            if name == b"set-cookie":
                self.cookies |= {key: one.value for key, one in SimpleCookie(value.decode()).items()}
        self.held |= set(self.cookies.values()) - {""}
        return heard


@sync_to_async
def a_house() -> tuple[Home, User]:
    owner = a_person("ada", is_staff=True)
    home = a_home("Harbour flat", owner=owner)
    an_appliance(home, "Kettle", watts=2000)
    return home, owner


def assert_none_is_in(log: io.StringIO, *secrets: str, but: str) -> None:
    text = log.getvalue()
    assert but in text, "It was not this that was logged."
    for secret in secrets:
        assert len(secret) >= 8
        # A traceback is one string of JSON; what is escaped there is looked for too.
        assert secret not in text
        assert quote(secret) not in text


async def test_signing_in(log: io.StringIO) -> None:
    _home, owner = await a_house()
    codes = await sync_to_async(lambda: recovery_codes(with_app(owner)))()
    browser = Browser()
    assert (await browser.post("/sign-in/", username="ada", password=GUESSED)).status == 422
    assert (await browser.post("/sign-in/", username=GUESSED, password="x")).status == 422
    assert (await browser.post(f"/sign-in/?password={GUESSED}", username="ada", password=PASSWORD)).status == 302
    assert (await browser.post("/sign-in/second-factor/", code="12345678")).status == 422
    assert (await browser.post("/sign-in/second-factor/", code=codes[0])).status == 302
    assert (await browser.get("/account/")).status == 200
    assert (await browser.get("/account/recovery-codes/text/")).status in {200, 302}

    assert_none_is_in(log, PASSWORD, GUESSED, *codes, *browser.held, but='"action":"sign_in"')


async def test_a_form_of_another_page(log: io.StringIO) -> None:
    """Over https Django says where the page was come from, whole."""
    home, _owner = await a_house()
    link = await sync_to_async(an_invitation)(home)
    browser = Browser()
    from_a_link = [(b"referer", f"https://elsewhere.example/join/{link}/?key={GUESSED}".encode())]
    await browser._ask("/sign-in/", a_part(b"x"), method="POST", scheme="https", headers=from_a_link)

    assert_none_is_in(log, link, GUESSED, FORM_TOKEN, but="Referer checking failed")


async def test_the_link_of_an_invitation(log: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    home, _owner = await a_house()
    link = await sync_to_async(an_invitation)(home)
    browser = Browser()
    assert (await browser.get(f"/join/{link}/")).status == 200
    assert (await browser.get(f"/join/{link}")).status in {301, 302, 404}
    assert (await browser.get(f"/join/{link}x/")).status == 404
    assert (await browser.get(f"/nowhere/{link}/")).status == 404
    assert (await browser.get(f"/join/{link}/", method="DELETE")).status in {403, 405}
    fields = {"username": "bob", "password1": GUESSED, "password2": GUESSED}
    assert (await browser.post(f"/join/{link}/", **fields)).status == 302
    assert await sync_to_async(Invitation.objects.count)() == 0

    def broken(*, text: str, now: object) -> None:
        raise RuntimeError(f"no idea what to do with {text}")

    monkeypatch.setattr(people, "invitation", broken)
    assert (await browser.get(f"/join/{link}/")).status == 500

    assert_none_is_in(log, link, link[4:], GUESSED, *browser.held, but="no idea what to do with vsi_…")


async def test_a_token(log: io.StringIO) -> None:
    home, owner = await a_house()
    _row, token = await sync_to_async(a_token)(owner)
    browser, bearer = Browser(), [(b"authorization", f"Bearer {token}".encode())]
    for path in ("/api/v1/homes", "/metrics", f"/api/v1/homes?token={token}", f"/api/v1/homes/{token}", "/account/"):
        await browser.get(path, headers=bearer)
    for wrong in (f"Bearer {token}x", f"Basic {token}", token):
        assert (await browser.get("/api/v1/homes", headers=[(b"authorization", wrong.encode())])).status == 401
    await browser.get("/healthz", headers=[(b"x-request-id", token.encode()[:64])])
    for text in (token, f"{token}x"):
        headers = [(b"host", b"testserver"), (b"authorization", f"Bearer {text}".encode())]
        socket = WebsocketCommunicator(application, f"/ws/api/v1/homes/{home.slug}/?token={token}", headers=headers)
        assert (await socket.connect(5))[0]
        await socket.receive_output(5)
        await socket.disconnect()

    assert_none_is_in(log, token, token[3:], but='"event":"socket opened"')


async def test_a_wall_screen(log: io.StringIO) -> None:
    home, _owner = await a_house()
    _row, link = await sync_to_async(a_wall_to_be)(home)
    _row, secret = await sync_to_async(a_wall)(home, "Kitchen")
    browser = Browser()
    for path in (f"/wall/link/{link}/", f"/wall/link/{link}x/", f"/wall/link/{link}/more/"):
        await browser.get(path)
    assert (await browser.post(f"/wall/link/{link}/")).status == 302
    assert (await browser.get("/wall/")).status == 200
    assert browser.cookies[settings.WALL_COOKIE_NAME].startswith("vsw_")
    cookies = f"{settings.WALL_COOKIE_NAME}={secret}".encode()
    origin = [(b"host", b"testserver"), (b"origin", b"http://testserver"), (b"cookie", cookies)]
    socket = WebsocketCommunicator(application, "/ws/wall/", headers=origin)
    assert (await socket.connect(5))[0]
    await socket.receive_output(5)
    await socket.disconnect()

    assert_none_is_in(log, link, secret, *browser.held, but='"kind":"wall"')


async def test_every_line_is_json_of_known_fields(log: io.StringIO) -> None:
    """What is not in this list was not thought about."""
    await a_house()
    await Browser().get("/nowhere/")
    fields = set(re.findall(r'"([a-z_]+)":', log.getvalue()))

    assert fields <= {
        *("at", "level", "event", "logger", "request", "method", "route", "status", "ms", "bytes", "user"),
        *("home", "revision", "action", "outcome", "actor", "actor_id", "subject", "subject_id", "circuit"),
        *("requested_watts", "load_before_watts", "load_after_watts", "limit_watts", "exceeded_by_watts"),
    }
