"""People who switch over HTTP without end.

Every other one sends each request under a key, and again until it is answered. The others use none, so that what they
ask is carried out together (docs/design/together.md); where one of theirs is cut off, it may have been done or not.
"""

import json
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from itertools import count
from random import Random
from uuid import uuid4

from tests.faults.looking import looking
from tests.faults.place import Place
from tests.faults.scale import until
from tests.linear import over_http
from tests.linear.checking import differences
from tests.linear.clients import Client, limit_now_and_then, record_of, start_of
from tests.linear.operations import Operation, Switch

PAUSE = 0.01
"""Seconds between two requests of a person: the machine is shared."""


@dataclass(frozen=True)
class Told:
    """What a person was answered in the end, first asked at `began`."""

    appliance_id: int
    on: bool
    outcome: str
    revision: int
    began: float
    ended: float


@dataclass(frozen=True)
class Apology:
    """A 503, which is clean only where it says when to ask again."""

    retry_after: str
    at: float
    took: float


class Household:
    """`doors` are the ports to ask at; a person takes another one after each disappointment."""

    def __init__(self, place: Place, doors: Sequence[int], *, people: int = 4) -> None:
        self._place = place
        self._doors = list(doors)
        self._stop = threading.Event()
        self._asking = [threading.Lock() for _ in range(people)]
        self._threads = [threading.Thread(target=self._live, args=[number]) for number in range(people)]
        self.told: list[Told] = []
        self.operations: list[Operation] = []
        """Every try, as the checker of histories takes it."""
        self.apologies: list[Apology] = []
        self.cut = 0
        """Requests whose connection was cut before an answer."""
        self.unknown: list[tuple[int, bool]] = []
        """What was sent without a key and may have been done: cut, or told that the database failed on the way."""
        self.unclean: list[tuple[int, str]] = []
        self.unanswered: list[int] = []

    def __enter__(self) -> "Household":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_why: object) -> None:
        """Everybody waits for the answer to what they have asked."""
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def after(self, answers: int, *, within: float = 60) -> None:
        """Wait for so many answers more."""
        wanted = len(self.told) + answers
        until(lambda: len(self.told) >= wanted, within=within, what=f"{answers} more answers; {self.trouble()}")

    @contextmanager
    def at_rest(self) -> Iterator[None]:
        """Everybody has been answered, and nobody asks."""
        with ExitStack() as held:
            for asking in self._asking:
                held.enter_context(asking)
            yield

    def trouble(self) -> str:
        return f"{len(self.apologies)} apologies, {self.cut} cut, unclean: {self.unclean[:3]}"

    def _live(self, number: int) -> None:
        dice = Random(number * 7919 + time.time_ns())
        while not self._stop.wait(PAUSE):
            appliance_id, on = dice.choice(self._place.home["appliances"]), dice.random() < 0.65
            try:
                with self._asking[number]:
                    self._ask_until_answered(number, appliance_id, on=on)
            except TimeoutError:
                self.unanswered.append(appliance_id)
                return

    def _ask_until_answered(self, number: int, appliance_id: int, *, on: bool) -> None:
        key = "" if number % 2 else uuid4().hex
        headers = {
            "Authorization": f"Bearer {self._place.home['tokens'][0]}",
            "Content-Type": "application/json",
            **({"Idempotency-Key": key} if key else {}),
        }
        path, body = f"/api/v1/appliances/{appliance_id}/toggle", json.dumps({"is_on": on})
        began = time.monotonic()
        for turn in count(number):
            if time.monotonic() - began > 60:
                raise TimeoutError
            door = self._doors[turn % len(self._doors)]
            asked = time.monotonic()
            wanted = Switch(appliance_id, on)
            try:
                status, said, text = _post(door, path, body, headers)
            except (OSError, HTTPException):
                self.cut += 1
                self.operations.append(over_http.operation(wanted, asked_at=asked, key=key))
                time.sleep(0.05)
                if not key:
                    self.unknown.append((appliance_id, on))
                    return
                continue
            ended, retry_after = time.monotonic(), said.get("Retry-After", "")
            again = "Idempotent-Replayed" in said
            self.operations.append(
                over_http.operation(
                    wanted, asked_at=asked, answered_at=ended, status=status, body=text, replayed=again, key=key
                )
            )
            if not key and self.operations[-1].answer is None:
                self.unknown.append((appliance_id, on))
            outcome = _outcome(status, text)
            if outcome:
                revision = json.loads(text).get("revision", 0)
                self.told.append(Told(appliance_id, on, outcome, revision, began, ended))
                return
            if status == 503 and retry_after:
                self.apologies.append(Apology(retry_after, asked, ended - asked))
            else:
                self.unclean.append((status, text[:300]))
            time.sleep(0.2)

    def assert_clean(self) -> None:
        assert self.unclean == []
        assert self.unanswered == []
        assert self.told

    def assert_kept_once(self, *, since: int) -> None:
        """Every answered change is in the record, once, and nothing but what these people asked for."""
        with looking(self._place) as ask:
            sql = "SELECT revision, action, outcome, subject_id FROM appliances_decision WHERE actor = 'token'"
            rows = ask(f"{sql} AND home_id = ? AND revision > ?", self._place.home["home_id"], since)
        granted = {row[0]: (row[3], row[1] == "switch_on") for row in rows if row[2] == "granted"}
        answered = {one.revision: (one.appliance_id, one.on) for one in self.told if one.outcome == "granted"}
        assert len(answered) == sum(one.outcome == "granted" for one in self.told), "two answers of one change"
        assert {revision: granted.get(revision) for revision in answered} == answered
        unanswered = Counter(what for revision, what in granted.items() if revision not in answered)
        assert unanswered <= Counter(self.unknown)
        kept = sum(row[2] == "refused" for row in rows)
        told = sum(one.outcome == "refused" for one in self.told)
        most = len(self.unknown) - unanswered.total()
        assert 0 <= kept - told <= most, f"{kept} refusals kept, {told} answered, {most} at most without an answer"


def _post(port: int, path: str, body: str, headers: dict[str, str]) -> tuple[int, dict[str, str], str]:
    line = HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        line.request("POST", path, body, headers)
        answer = line.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read().decode()
    finally:
        line.close()


def _outcome(status: int, text: str) -> str:
    if status == 200:
        return "granted" if json.loads(text)["changed"] else "as it was"
    return "refused" if status == 403 and json.loads(text)["code"] in {"capacity_exceeded", "must_rest"} else ""


@contextmanager
def living(place: Place, doors: Sequence[int], *, people: int = 4, limits: int = 10) -> Iterator[Household]:
    """A household whose every answer is judged at its end: kept, once, and as one after the other would have been told.

    At the first of the doors somebody must answer by then. So many times the first of its circuits may carry less for a
    second, and as before for the next.
    """
    slug = place.home["slug"]
    with closing(Client(doors[0], place.home["tokens"][0])) as asker:
        limit_now_and_then(asker, slug, place.home["circuits"][1], times=limits)
        start = start_of(asker, slug)
    with Household(place, doors, people=people) as household:
        yield household
    household.assert_clean()
    household.assert_kept_once(since=start.revision)
    with closing(Client(doors[0], place.home["tokens"][0])) as asker:
        found = differences(start, household.operations, record_of(asker, since=start.revision))
    assert not found, "\n".join(found)
