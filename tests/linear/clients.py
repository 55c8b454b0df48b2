"""Clients of the API on servers of their own process: what each asks for at random, and what it was answered when."""

import http.client
import json
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from time import monotonic
from typing import Any

from tests.linear import over_http
from tests.linear.checking import Start
from tests.linear.operations import AddLimit, Operation, RemoveLimit, SetLimit, Swap, Switch, Wanted
from tests.linear.record import Row, of_json
from tests.serving.process import Serving

API = "/api/v1"
HOME = "flat"
RESTS = 4
"""The number of the appliance that has to."""


@dataclass
class Client:
    """One connection after the other to one server; what gets no answer, or half of one, is not known to be done."""

    port: int
    token: str

    def __post_init__(self) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)

    def close(self) -> None:
        self._connection.close()

    def ask(self, method: str, path: str, sent: Any = None, **headers: str) -> Any:
        """The body of what has to succeed."""
        status, _headers, body = self.request(method, path, sent, headers)
        assert status in {200, 201}, (method, path, status, body)
        return json.loads(body)

    def request(self, method: str, path: str, sent: Any, headers: dict[str, str]) -> tuple[int, Any, bytes]:
        named = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json", **headers}
        self._connection.request(method, API + path, None if sent is None else json.dumps(sent), named)
        answer = self._connection.getresponse()
        return answer.status, answer.headers, answer.read()

    def does(self, wanted: Wanted | None, key: str = "") -> Operation:
        asked_at = monotonic()
        try:
            method, path, sent = request_of(wanted)
            status, headers, body = self.request(method, path, sent, {"Idempotency-Key": key} if key else {})
        except (OSError, http.client.HTTPException):
            self._connection.close()
            return over_http.operation(wanted, asked_at=asked_at, key=key)
        return over_http.operation(
            wanted,
            asked_at=asked_at,
            answered_at=monotonic(),
            status=status,
            body=body,
            replayed="Idempotent-Replayed" in headers,
            key=key,
        )

    def all_of(self, path: str) -> Iterator[Any]:
        """Every page of a list."""
        cursor = ""
        while cursor is not None:
            page = self.ask("GET", f"{path}?limit=200&cursor={cursor}")
            yield from page["items"]
            cursor = page["next"]


def client(server: Serving, token: str) -> "closing[Client]":
    return closing(Client(server.port, token))


def request_of(wanted: Wanted | None) -> tuple[str, str, Any]:
    match wanted:
        case None:
            return "GET", f"/homes/{HOME}/load", None
        case Switch(appliance_id=pk, on=on):
            return "POST", f"/appliances/{pk}/toggle", {"is_on": on}
        case Swap(on_id=pk, off_ids=off):
            return "POST", f"/appliances/{pk}/swap", {"off": sorted(off)}
        case SetLimit(circuit_id=pk, limit_mw=limit):
            return "PATCH", f"/circuits/{pk}", {"limit_watts": f"{limit // 1000}.{limit % 1000:03}"}
        case AddLimit(circuit_id=pk, limit_mw=limit, starts_at=starts_at, ends_at=ends_at):
            moments = {"starts_at": starts_at.isoformat(), "ends_at": ends_at.isoformat()}
            return "POST", f"/homes/{HOME}/limits", {"circuit_id": pk, "limit_watts": limit / 1000, **moments}
        case RemoveLimit(limit_id=pk):
            return "DELETE", f"/limits/{pk}", None
    raise AssertionError(f"the API has no {wanted}")


def a_busy_home(asker: Client) -> Start:
    """Nine appliances on four nested breakers: a third of what is asked for does not fit.

    One has to rest for a second, and temporary limits begin and end from the first second on.
    """
    asker.ask("POST", "/homes", {"name": HOME.title(), "limit_watts": 5000})
    circuits = f"/homes/{HOME}/circuits"
    floor = asker.ask("POST", circuits, {"name": "Floor", "limit_watts": 4000})["id"]
    garden = asker.ask("POST", circuits, {"name": "Garden", "limit_watts": 3000})["id"]
    bath = asker.ask("POST", circuits, {"name": "Bath", "limit_watts": 2500, "parent_id": floor})["id"]
    for number in range(9):
        wanted = {"name": f"Appliance {number}", "rated_watts": f"{500 + 187 * number}.001"}
        wanted["min_off_seconds"] = 1 if number == RESTS else 0
        asker.ask("POST", f"/homes/{HOME}/appliances", {**wanted, "circuit_id": (floor, garden, bath)[number % 3]})
    limit_now_and_then(asker, HOME, floor, times=4)
    return start_of(asker, HOME)


def limit_now_and_then(asker: Client, slug: str, circuit_id: int, times: int) -> None:
    """Every two seconds it may carry less for one."""
    now = datetime.now(UTC)
    for second in range(1, 1 + 2 * times, 2):
        begins, ends = ((now + timedelta(seconds=second + more)).isoformat() for more in (0, 1))
        wanted = {"circuit_id": circuit_id, "limit_watts": 1500, "starts_at": begins, "ends_at": ends}
        asker.ask("POST", f"/homes/{slug}/limits", wanted)


def start_of(asker: Client, slug: str) -> Start:
    """The home as it is shown, while nobody changes it; but a limit may come or go by itself."""
    while True:
        load = asker.ask("GET", f"/homes/{slug}/load")
        appliances, limits, decisions = (
            list(asker.all_of(f"/homes/{slug}/{what}")) for what in ("appliances", "limits", "decisions")
        )
        if asker.ask("GET", f"/homes/{slug}/load")["revision"] == load["revision"]:
            return over_http.start_of(load, appliances, limits, of_json(decisions))


def wishes(start: Start, many: int, dice: Random) -> list[tuple[Wanted | None, str]]:
    """What one client asks for, and with which key; the wishes with a key are the same for every client."""
    appliances = [load.id for load in start.tree.loads]
    circuits = [breaker.id for breaker in start.tree.breakers]
    began = datetime.now(UTC)

    def one(number: int, dice: Random) -> Wanted | None:
        pk, *others = dice.sample(appliances, 3)
        own = SetLimit(dice.choice(circuits), 1_500_000 + dice.randrange(4_000_000))
        begins = began + timedelta(seconds=5 * dice.random())
        for_a_while = AddLimit(own.circuit_id, own.limit_mw, begins, begins + timedelta(seconds=dice.random()))
        lifted = [RemoveLimit(limit.circuit_id, limit.id) for limit in start.limits]
        asked: Sequence[Wanted | None] = [
            Switch(pk, dice.random() < 0.7),
            Swap(pk, frozenset(others)),
            own,
            None,
            for_a_while,
            dice.choice(lifted),
        ]
        return dice.choices(asked, weights=[10, 4, *([0, 0, 0, 0] if number % 4 == 0 else [2, 5, 1, 0.1])])[0]

    every_fourth = {number: f"key {number}" for number in range(0, many, 4)}
    return [
        (one(number, Random(every_fourth[number])), every_fourth[number])
        if number in every_fourth
        else (one(number, dice), "")
        for number in range(many)
    ]


def record_of(asker: Client, since: int) -> list[Row]:
    return [row for row in of_json(asker.all_of(f"/homes/{HOME}/decisions")) if row.revision > since]
