"""The edge of a server as people run it: who is let in, what is believed, and how much anybody may ask of it."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.serving.process import Serving, serving
from tests.serving.served_once import ServedOnce
from voltsafe.headers import MISSING

pytestmark = pytest.mark.processes

OWNER = {"VOLTSAFE_OWNER": "ada", "VOLTSAFE_OWNER_PASSWORD": "a long enough phrase", "VOLTSAFE_SAMPLE_HOME": "1"}
HTTPS = {"VOLTSAFE_URL": "https://home.example"}
PATHS = ["/ws/homes/home/", "/ws/api/v1/homes/home/"]
MEGABYTE = 1024 * 1024


@pytest.fixture(scope="module")
def kept(prepared_folder: ServedOnce) -> Path:
    folder = prepared_folder.as_it_was()
    with serving(folder, **OWNER) as server:
        server.stop()
    return folder


@pytest.fixture(scope="module")
def plain(kept: Path) -> Iterator[Serving]:
    """As at home: no address, no proxy."""
    with serving(kept, VOLTSAFE_CONTROLLER="0") as running:
        yield running


@pytest.fixture(scope="module")
def proxied(kept: Path) -> Iterator[Serving]:
    """Behind a proxy on the same machine, which is what each test plays."""
    with serving(kept, VOLTSAFE_CONTROLLER="0", VOLTSAFE_TRUSTED_PROXIES="127.0.0.1", **HTTPS) as running:
        yield running


def raw(server: Serving, *pieces: bytes) -> bytes:
    """What is answered to bytes as they are; a server that hangs up in the middle has answered what it wanted to."""
    answer = b""
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as client:
        try:
            for piece in pieces:
                client.sendall(piece)
            while chunk := client.recv(65536):
                answer += chunk
        except (ConnectionResetError, BrokenPipeError):
            pass
    return answer


def told(answer: bytes) -> dict[str, str]:
    lines = answer.split(b"\r\n\r\n", 1)[0].decode("latin-1").split("\r\n")[1:]
    return {name.lower(): value.strip() for name, _colon, value in (line.partition(":") for line in lines)}


EVIL = [
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "file://"},
    {"Origin": "http://home.example"},
    {"Origin": "https://home.example:8443"},
    {"Origin": "https://home.example.evil.example"},
    {"Origin": "http://127.0.0.1:8000"},
    {"Cookie": "__Host-voltsafe_session=anything"},
    {"Origin": "https://evil.example", "Authorization": "Bearer vs_x"},
]


@pytest.mark.parametrize("path", PATHS)
def test_no_page_but_ours_opens_a_socket(proxied: Serving, path: str) -> None:
    def asked(**headers: str) -> int:
        return proxied.shake_hands(path, Host="home.example", X_Forwarded_For=f"192.0.2.{PATHS.index(path)}", **headers)

    assert [asked(**headers) for headers in EVIL] == [403] * len(EVIL)
    assert asked(Origin="https://home.example") == 101


def test_a_name_that_points_at_us_but_is_not_ours_gets_nothing(proxied: Serving) -> None:
    """DNS rebinding: to the browser the page of evil.example and we are one."""
    for path in ("/", "/sign-in/", "/api/v1/homes", "/welcome/", "/admin/"):
        assert proxied.ask(path, Host="evil.example", X_Forwarded_Proto="https").status == 400, path
    for path in PATHS:
        evil = {"Host": f"evil.example:{proxied.port}", "X_Forwarded_For": "192.0.2.9"}
        assert proxied.shake_hands(path, Origin="http://evil.example", **evil) == 403
        assert proxied.shake_hands(path, Origin="https://home.example", **evil) == 403
        assert proxied.shake_hands(path, Authorization="Bearer vs_x", **evil) == 403


FORGED = {
    "X_Forwarded_Proto": "https",
    "X_Forwarded_Host": "evil.example",
    "Forwarded": "proto=https;host=evil.example",
}


def test_nobody_is_believed_who_is_not_trusted(kept: Path) -> None:
    with serving(kept, **HTTPS) as server:
        server.wait_for("no proxy is trusted")
        answer = server.ask("/sign-in/", Host="home.example", **FORGED)

    assert answer.status == 200
    assert "Strict-Transport-Security" not in answer.headers


def test_a_proxy_that_is_trusted_is_believed(proxied: Serving) -> None:
    answer = proxied.ask("/sign-in/", Host="home.example", X_Forwarded_Proto="https", X_Forwarded_Host="evil.example")

    assert answer.status == 200
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
    assert "evil.example" not in answer.body.decode()


def test_pages_that_came_in_the_clear_are_sent_to_https_and_machines_are_not(proxied: Serving) -> None:
    page = proxied.ask("/sign-in/?next=/", Host="home.example", X_Forwarded_Proto="http")

    assert (page.status, page.headers["Location"]) == (301, "https://home.example/sign-in/?next=/")
    assert proxied.ask("/sign-in/", Host="127.0.0.1").headers["Location"] == "https://home.example/sign-in/"
    assert proxied.ask("/healthz").status == 200
    assert proxied.ask("/api/v1/homes").status == 401
    assert proxied.ask("/metrics").status == 401


@pytest.mark.parametrize("name", [b"X_Forwarded_Proto", b"X-Forwarded_Proto", b"x_forwarded-proto"])
def test_an_underscore_smuggles_nothing(proxied: Serving, name: bytes) -> None:
    lines = [b"GET /healthz HTTP/1.1", b"Host: home.example", name + b": https", b"Connection: close"]

    assert "strict-transport-security" not in told(raw(proxied, b"\r\n".join([*lines, b"", b""])))


@pytest.mark.parametrize("odd", [b"\x0b", b"\x0c", b"\x1c", b"\x85", b"\x00", b"\r"])
def test_an_odd_line_end_smuggles_nothing(proxied: Serving, odd: bytes) -> None:
    value = b"a" + odd + b"X-Forwarded-Proto: https"
    lines = [b"GET /healthz HTTP/1.1", b"Host: home.example", b"X-Note: " + value, b"Connection: close"]

    assert "strict-transport-security" not in told(raw(proxied, b"\r\n".join([*lines, b"", b""])))


def test_cookies_are_of_this_host_over_https_and_for_no_script(proxied: Serving) -> None:
    answer = proxied.ask("/sign-in/", Host="home.example", X_Forwarded_Proto="https")
    name, *said = [part.strip() for part in answer.headers["Set-Cookie"].split(";")]

    assert name.startswith("__Host-voltsafe_csrf=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(said)
    assert not any(part.startswith("Domain") for part in said)


BROKEN = {
    "a path that is no text": b"GET /\xff HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
    "a query that is no text": b"GET /?\xff HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
    "a host that is not ours": b"GET /sign-in/ HTTP/1.1\r\nHost: evil\r\nConnection: close\r\n\r\n",
    "a body that is too long": b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999\r\n\r\n",
    "a body of two lengths": b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n"
    b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "a header without a name": b"GET / HTTP/1.1\r\nHost: localhost\r\n: nothing\r\nConnection: close\r\n\r\n",
    "a socket of another page": b"GET /ws/homes/home/ HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: "
    b"Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
    "a socket of no known version": b"GET /ws/ HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: "
    b"Upgrade\r\nSec-WebSocket-Version: 99\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
}


@pytest.mark.parametrize("sent", BROKEN.values(), ids=BROKEN.keys())
def test_the_servers_own_answers_hold_to_the_same_and_name_no_software(plain: Serving, sent: bytes) -> None:
    answer = raw(plain, sent)

    assert answer.startswith((b"HTTP/1.1 400", b"HTTP/1.1 403", b"HTTP/1.1 413"))
    assert {name.decode() for name in MISSING} <= told(answer).keys()
    assert "server" not in told(answer)


def test_no_answer_names_its_software(plain: Serving) -> None:
    answers = [plain.ask(path) for path in ("/healthz", "/sign-in/", "/static/nothing", "/api/v1/homes")]

    assert not any("Server" in answer.headers for answer in answers)
    handshake = BROKEN["a socket of another page"].replace(
        b"\r\n\r\n", f"\r\nOrigin: http://localhost:{plain.port}\r\n\r\n".encode()
    )
    with socket.create_connection(("127.0.0.1", plain.port), timeout=30) as client:
        client.sendall(handshake)
        assert "server" not in told(client.recv(65536))


class Memory:
    """The most that a process has needed since this was made."""

    def __init__(self, server: Serving) -> None:
        self._folder = Path(f"/proc/{server.process.pid}")
        (self._folder / "clear_refs").write_text("5")
        self._before = self._peak()

    def _peak(self) -> int:
        lines = (self._folder / "status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) // 1024

    def grown_by(self) -> int:
        return self._peak() - self._before


def a_socket(server: Serving) -> bytes:
    ours = f"\r\nOrigin: http://localhost:{server.port}\r\n\r\n".encode()
    return BROKEN["a socket of another page"].replace(b"\r\n\r\n", ours)


def a_frame(length: int) -> bytes:
    return b"\x81\xff" + length.to_bytes(8, "big") + b"\0\0\0\0"


FLOODS = {
    "a frame of 64 MB": lambda server: [a_socket(server), a_frame(64 * MEGABYTE), *[bytes(MEGABYTE)] * 64],
    "a message in endless parts": lambda server: [
        a_socket(server),
        b"\x01\xfe\x3f\xff\0\0\0\0" + bytes(0x3FFF),
        *[b"\x00\xfe\x3f\xff\0\0\0\0" + bytes(0x3FFF)] * 4000,
    ],
    "a body of 64 MB": lambda _server: [
        b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 67108864\r\n\r\n",
        *[bytes(MEGABYTE)] * 64,
    ],
    "a body without an end": lambda _server: [
        b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n",
        *[b"100000\r\n" + bytes(MEGABYTE) + b"\r\n"] * 64,
    ],
    "ten thousand headers": lambda _server: [
        b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n" + b"".join(b"X-%d: 1\r\n" % number for number in range(10_000))
    ],
    "a header of 64 MB": lambda _server: [
        b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Long: ",
        *[b"a" * MEGABYTE] * 64,
    ],
    "a line of 64 MB": lambda _server: [b"GET /", *[b"a" * MEGABYTE] * 64],
}


@pytest.mark.parametrize("flood", FLOODS.values(), ids=FLOODS.keys())
def test_a_flood_is_cut_off_and_takes_no_memory(plain: Serving, flood: object) -> None:
    assert callable(flood)
    memory = Memory(plain)
    raw(plain, *flood(plain))

    assert memory.grown_by() < 30
    assert plain.ask("/healthz").status == 200


def test_one_address_opens_so_many_sockets_a_minute(kept: Path) -> None:
    with serving(kept, VOLTSAFE_HANDSHAKES="3", VOLTSAFE_TRUSTED_PROXIES="127.0.0.1") as server:
        ours = f"http://127.0.0.1:{server.port}"

        def asked(address: str) -> int:
            return server.shake_hands(PATHS[0], Origin=ours, X_Forwarded_For=address)

        assert [asked("192.0.2.1") for _ in range(4)] == [101, 101, 101, 429]
        assert asked("192.0.2.2") == 101
        refused = told(
            raw(server, a_socket(server).replace(b"Upgrade\r\n", b"Upgrade\r\nX-Forwarded-For: 192.0.2.1\r\n"))
        )

    assert int(refused["retry-after"]) >= 1
    assert {name.decode() for name in MISSING} <= refused.keys()


def test_who_fails_too_often_is_not_asked_again(kept: Path) -> None:
    with serving(kept) as server:
        tries = [server.shake_hands(PATHS[0], Origin="https://evil.example") for _ in range(11)]

        assert tries == [403] * 10 + [429]
        assert server.ask("/healthz").status == 200


def test_every_answer_names_its_request(plain: Serving) -> None:
    named = plain.ask("/healthz", X_Request_ID="one-that-a-proxy-gave").headers

    assert named["X-Request-Id"] == "one-that-a-proxy-gave"
    assert (
        len(plain.ask("/nowhere").headers["X-Request-Id"]) == len(plain.ask("/", "BREW").headers["X-Request-Id"]) == 16
    )
