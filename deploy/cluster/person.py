"""Somebody with a browser, as far as a round needs one: cookies, forms, the socket of the page."""

import json
from html.parser import HTMLParser
from http.client import HTTPConnection
from ssl import SSLContext
from typing import Any, Protocol
from urllib.parse import urlencode

from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin


class Fields(HTMLParser):
    """The input fields of a page, by what they are for."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.given: dict[str, str] = {}
        self.name = self.password = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {key: value or "" for key, value in attrs}
        name, kind = said.get("name", ""), said.get("type", "text")
        if tag != "input" or not name:
            return
        if kind == "hidden":
            self.given[name] = said.get("value", "")
        elif kind == "password":
            self.password = name
        elif kind in {"text", "email"}:
            self.name = self.name or name


class Door(Protocol):
    """Where somebody goes in: the proxy of a cluster, or one server."""

    address: str

    def line(self) -> HTTPConnection: ...


class Person:
    def __init__(self, door: Door) -> None:
        self._door = door
        self._cookies: dict[str, str] = {}

    def ask(self, method: str, path: str, body: str = "", **headers: str) -> tuple[int, str, str]:
        """Through the door: status, where it leads to, text."""
        line = self._door.line()
        named = {"Cookie": self.cookies, "Origin": self._door.address, "Referer": f"{self._door.address}{path}"}
        try:
            line.request(method, path, body or None, {**named, **headers})
            answer = line.getresponse()
            text = answer.read().decode()
        finally:
            line.close()
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            name, _is, value = cookie.partition(";")[0].partition("=")
            self._cookies[name] = value
        return answer.status, answer.headers.get("Location", ""), text

    @property
    def cookies(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self._cookies.items())

    def sign_in(self, name: str, password: str) -> str:
        """The page they come to."""
        _status, door, _text = self.ask("GET", "/")
        _status, _location, page = self.ask("GET", door)
        fields = Fields(page)
        form = {**fields.given, fields.name: name, fields.password: password}
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        status, location, text = self.ask("POST", door, urlencode(form), **kind)
        assert status == 302, f"signing in was answered {status}: {text[:500]}"
        while status == 302:
            status, location, text = self.ask("GET", location)
        assert status == 200, f"after signing in: {status}"
        return text

    def watch(self, path: str, trust: SSLContext) -> ClientConnection:
        """The socket of a page."""
        address = f"{self._door.address.replace('http', 'ws', 1)}{path}"
        return connect(
            address, additional_headers={"Cookie": self.cookies}, origin=Origin(self._door.address), ssl=trust
        )


def toggle(line: HTTPConnection, token: str, appliance: int, *, on: bool) -> dict[str, Any]:
    """By the API, as an automation does."""
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    try:
        line.request("POST", f"/api/v1/appliances/{appliance}/toggle", json.dumps({"is_on": on}), headers)
        answer = line.getresponse()
        text = answer.read().decode()
    finally:
        line.close()
    assert answer.status == 200, f"the toggle was answered {answer.status}: {text[:500]}"
    return dict(json.loads(text))
