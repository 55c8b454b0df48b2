"""The figures of a controller that is a process of its own: to a monitor with its token, and nothing else."""

import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.serving.process import ROOT, Answer, Serving, a_free_port, complaint, serving, started
from tests.serving.test_controller import CONTROLLER
from voltsafe.controller_metrics import MOST_BYTES, PATIENCE

pytestmark = pytest.mark.processes

OWNER = {"VOLTSAFE_OWNER": "ada", "VOLTSAFE_OWNER_PASSWORD": "a long enough phrase", "VOLTSAFE_SAMPLE_HOME": "1"}
SOMEBODY = "from tests.builders import a_person, a_token; print(a_token(a_person('bob'))[1])"
SHED = """
from datetime import timedelta
from django.utils import timezone
from appliances.models import Home
from appliances.services import actor, controlling, limits
how = {"home_id": Home.objects.get().pk, "by": actor.SYSTEM, "now": timezone.now()}
controlling.set_mode(mode="armed", **how)
limits.add(wanted={"limit": 1000, "ends_at": how["now"] + timedelta(hours=2), "source": "grid"}, **how)
"""
TICKS = "voltsafe_controller_tick_duration_seconds_count"


@dataclass
class House:
    web: Serving
    controller: Serving
    port: int
    token: str

    def manage(self, *words: str) -> str:
        command = [sys.executable, "manage.py", *words]
        ended = subprocess.run(
            command, cwd=ROOT, env=self.web.environment, capture_output=True, text=True, timeout=60, check=True
        )
        return ended.stdout.strip()

    def ask(self, path: str = "/metrics", method: str = "GET", *, token: str = "", body: bytes | None = None) -> Answer:
        named = {"Authorization": f"Bearer {token}"} if token else {}
        return self.controller.ask(path, method, body=body, **named)

    def figures(self) -> str:
        answer = self.ask(token=self.token)
        assert answer.status == 200
        return answer.body.decode()

    def figure(self, name: str) -> float:
        found = re.search(rf"^{re.escape(name)} (\S+)$", self.figures(), re.MULTILINE)
        return float(found[1]) if found else 0.0

    def dial(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=30)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder, port = tmp_path_factory.mktemp("house"), a_free_port()
    metrics = {"VOLTSAFE_CONTROLLER_METRICS": f"127.0.0.1:{port}"}
    with (
        serving(folder, VOLTSAFE_CONTROLLER="0", **OWNER) as web,
        started(folder, CONTROLLER, **metrics) as controller,
    ):
        controller.wait_for("The controller runs.")
        controller.port = port
        found = House(web, controller, port, "")
        found.token = found.manage("token", "ada", "--scope", "read")
        yield found
        assert controller.stop()[0] == 0


def test_it_says_where_before_it_waits_for_the_database(house: House) -> None:
    assert house.controller.said[0] == f"Its figures are at 127.0.0.1:{house.port}/metrics."


def test_what_it_did_is_told(house: House) -> None:
    shed = 'voltsafe_decisions_total{action="shed",outcome="granted"}'
    before = house.figure("voltsafe_transaction_duration_seconds_count")
    assert house.figure(shed) == 0
    house.manage("shell", "-c", SHED)
    for _ in range(100):
        if house.figure(shed):
            break
        time.sleep(0.1)

    assert house.figure(shed) == 1
    assert house.figure("voltsafe_transaction_duration_seconds_count") > before
    assert house.figure('voltsafe_ready{check="channel_layer"}') == 1
    assert house.figure('voltsafe_claims{because="shed"}') == 1


def test_the_names_and_what_is_said_of_them_are_those_of_a_web_process(house: House) -> None:
    web = house.web.ask("/metrics", Authorization=f"Bearer {house.token}")
    assert web.status == 200
    told = [{line for line in text.splitlines() if line[0] == "#"} for text in (web.body.decode(), house.figures())]

    assert told[0] == told[1]
    assert house.ask(token=house.token).headers["Content-Type"] == web.headers["Content-Type"]


@pytest.mark.tools
@pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool is not installed; .ci/run has it")
def test_promtool_finds_nothing_to_say(house: House) -> None:
    checked = subprocess.run(
        ["promtool", "check", "metrics"],
        input=house.figures(),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (checked.returncode, checked.stdout, checked.stderr) == (0, "", "")


def test_without_a_token_of_staff_it_says_no_more_than_that(house: House) -> None:
    somebody = house.manage("shell", "-c", SOMEBODY).splitlines()[-1]

    for token in ("", "vs_wrong", somebody, f"{house.token}x"):
        refused = house.ask(token=token)
        assert (refused.status, refused.body) == (401, b"")
        assert refused.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("path", ["/", "/metrics/", "/healthz", "/admin/", "//metrics", "/%6detrics", "/api/v1/homes"])
def test_nothing_else_is_there(house: House, path: str) -> None:
    answer = house.ask(path, token=house.token)

    assert (answer.status, answer.body) == (404, b"")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "HEAD", "BREW"])
def test_it_is_only_read(house: House, method: str) -> None:
    answer = house.ask(method=method, token=house.token, body=b"x" * 5000 if method == "POST" else None)

    assert (answer.status, answer.body, answer.headers["Allow"]) == (405, b"", "GET")


@pytest.mark.parametrize(
    "said",
    [
        b"\r\n\r\n",
        b"GET /metrics\r\n\r\n",
        b"GET /metrics FTP/1.1\r\n\r\n",
        b"\x16\x03\x01\x00\xff\r\n\r\n",
        b"GET /metrics HTTP/1.1\r\nX: " + b"x" * (2 * MOST_BYTES),
    ],
    ids=["nothing", "no version", "another protocol", "tls", "too long"],
)
def test_what_is_no_question_is_told_so(house: House, said: bytes) -> None:
    with house.dial() as asking:
        asking.sendall(said)
        assert asking.recv(100).startswith(b"HTTP/1.1 400 Bad Request\r\n")


def test_two_tokens_are_none(house: House) -> None:
    with house.dial() as asking:
        line = b"Authorization: Bearer " + house.token.encode() + b"\r\n"
        asking.sendall(b"GET /metrics HTTP/1.1\r\n" + 2 * line + b"\r\n")
        assert asking.recv(100).startswith(b"HTTP/1.1 401 ")


def test_who_asks_slowly_is_left_and_keeps_no_tick_waiting(house: House) -> None:
    ticks = house.figure(TICKS)
    began = time.monotonic()
    with house.dial() as slow, house.dial() as silent:
        slow.sendall(b"GET /metrics HT")
        assert house.figure(TICKS) > ticks, "it went on meanwhile, and told so to the next one"
        assert time.monotonic() - began < 10 * PATIENCE
        for one in (slow, silent):
            assert one.recv(100) == b"", "and left those who did not ask"


def test_while_somebody_asks_slowly_it_can_be_stopped(tmp_path: Path) -> None:
    port = a_free_port()
    with started(tmp_path, CONTROLLER, VOLTSAFE_CONTROLLER_METRICS=f"127.0.0.1:{port}") as controller:
        controller.wait_for("The controller waits: the database is not prepared yet.")
        controller.port = port
        assert controller.ask("/metrics", Authorization="Bearer vs_any").status == 503, "there is no token to look up"
        with socket.create_connection(("127.0.0.1", port), timeout=30) as slow:
            slow.sendall(b"GET ")
            assert controller.stop()[0] == 0


def test_an_address_that_cannot_be_had_stops_the_start(tmp_path: Path) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
        said = complaint(tmp_path, CONTROLLER, VOLTSAFE_CONTROLLER_METRICS=f"127.0.0.1:{port}")

    assert said == (
        f"The controller cannot start. VOLTSAFE_CONTROLLER_METRICS: 127.0.0.1:{port} cannot be had: "
        "Address already in use."
    )


def test_unless_it_is_asked_to_it_listens_nowhere(tmp_path: Path) -> None:
    with started(tmp_path, CONTROLLER) as controller:
        controller.wait_for("The controller waits")
        assert not any("figures" in line for line in controller.said)
        listening = Path(f"/proc/{controller.process.pid}/net/tcp")
        if listening.exists():
            mine = {
                link.readlink().name
                for link in Path(f"/proc/{controller.process.pid}/fd").iterdir()
                if link.is_symlink()
            }
            sockets = {f"socket:[{line.split()[9]}]" for line in listening.read_text().splitlines()[1:]}
            assert not mine & sockets
