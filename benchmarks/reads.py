"""Reading: the dashboard and `GET load`, and the latter asked again with its ETag."""

import tempfile
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlencode

from benchmarks import load, servers
from benchmarks.load import Figures
from benchmarks.servers import PASSWORD, Server

CLIENTS = 4


def run(*, rounds: int, seconds: float) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder, servers.voltsafe(folder) as server:
        path = "/api/v1/homes/home/load"
        etag = _headers(server, path, **server.headers)["ETag"]
        cookie = sign_in(server)
        requests = {
            "control: /healthz": load.get(server, "/healthz"),
            "GET load": load.get(server, path),
            "GET load, unchanged": load.get(server, path, If_None_Match=etag),
            "dashboard, 14 appliances": load.get(server, "/homes/home/", Cookie=cookie),
        }
        figures = {name: Figures() for name in requests}
        for request in requests.values():
            load.drive(server, request, Figures(), clients=CLIENTS, seconds=1)
        for _ in range(rounds):
            for name, request in requests.items():
                load.drive(server, request, figures[name], clients=CLIENTS, seconds=seconds)
    return {f"{CLIENTS} clients": {name: one.row() for name, one in figures.items()}}


def sign_in(server: Server) -> str:
    """The cookie of a browser that the owner has signed in with."""
    cookies: dict[str, str] = {}
    page, found = _ask(server, "GET", "/sign-in/", "", cookies)
    token = page.partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0]
    form = {"csrfmiddlewaretoken": token, "username": "bench", "password": PASSWORD}
    _page, found = _ask(server, "POST", "/sign-in/", urlencode(form), cookies)
    assert found["Location"] == "/", found
    return "; ".join(f"{name}={value}" for name, value in cookies.items())


def _ask(server: Server, method: str, path: str, body: str, cookies: dict[str, str]) -> tuple[str, Any]:
    line = HTTPConnection("127.0.0.1", server.port, timeout=30)
    sent = {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}
    line.request(method, path, body or None, {**sent, "Content-Type": "application/x-www-form-urlencoded"})
    answer = line.getresponse()
    for header in answer.headers.get_all("Set-Cookie") or ():
        name, _equals, value = header.partition(";")[0].partition("=")
        cookies[name] = value
    return answer.read().decode(), answer.headers


def _headers(server: Server, path: str, **headers: str) -> Any:
    line = HTTPConnection("127.0.0.1", server.port, timeout=30)
    line.request("GET", path, headers=headers)
    answer = line.getresponse()
    answer.read()
    return answer.headers
