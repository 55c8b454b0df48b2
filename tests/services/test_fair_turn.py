"""The queue in front of SQLite's one writer: first come, first served, and nobody's turn is lost."""

import threading
from collections.abc import Callable

import pytest

from appliances.services import fair_turn
from appliances.services.fair_turn import FairQueue, State, TookTooLong

LONG = 30.0


def waiting(queue: FairQueue) -> int:
    return len(queue._waiting)


def until(is_so: Callable[[], bool]) -> None:
    while not is_so():
        pass


class Writer(threading.Thread):
    """Takes a turn, says so, and keeps it until it is let go."""

    def __init__(self, queue: FairQueue, served: list[str], name: str, patience: float = LONG) -> None:
        super().__init__(name=name, daemon=True)
        self.queue, self.served, self.patience = queue, served, patience
        self.took, self.let_go = threading.Event(), threading.Event()

    def run(self) -> None:
        try:
            with self.queue.turn(self.patience):
                self.served.append(self.name)
                self.took.set()
                self.let_go.wait(LONG)
        except TookTooLong:
            self.served.append(f"{self.name} gave up")


def in_line(queue: FairQueue, writers: list[Writer]) -> None:
    """One after the other, each in the queue before the next comes."""
    for place, writer in enumerate(writers):
        writer.start()
        if place == 0:
            assert writer.took.wait(LONG)
        else:
            until(lambda place=place: waiting(queue) == place)


def test_the_first_to_come_is_the_first_to_be_served() -> None:
    queue, served = FairQueue(), []
    writers = [Writer(queue, served, name) for name in "abcdefgh"]
    in_line(queue, writers)

    for writer in writers:
        assert writer.took.wait(LONG)
        assert served[-1] == writer.name
        writer.let_go.set()
    for writer in writers:
        writer.join(LONG)

    assert served == list("abcdefgh")


def test_one_at_a_time() -> None:
    queue, inside, most = FairQueue(), [], []

    def write() -> None:
        for _ in range(200):
            with queue.turn(LONG):
                inside.append(1)
                most.append(len(inside))
                inside.pop()

    threads = [threading.Thread(target=write) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(LONG)

    assert len(most) == 8 * 200
    assert max(most) == 1


def test_patience_ends_in_an_error() -> None:
    queue, served = FairQueue(), []
    holder = Writer(queue, served, "holder")
    in_line(queue, [holder])

    with pytest.raises(TookTooLong), queue.turn(patience=0.01):
        served.append("impatient")

    holder.let_go.set()
    holder.join(LONG)
    assert served == ["holder"]


def test_who_gives_up_loses_nobody_elses_turn() -> None:
    queue, served = FairQueue(), []
    holder, patient = Writer(queue, served, "holder"), Writer(queue, served, "patient")
    impatient = Writer(queue, served, "impatient", patience=0.01)
    in_line(queue, [holder])
    impatient.start()
    impatient.join(LONG)
    patient.start()
    until(lambda: waiting(queue) == 1)

    holder.let_go.set()
    assert patient.took.wait(LONG)
    patient.let_go.set()
    patient.join(LONG)

    assert served == ["holder", "impatient gave up", "patient"]
    with queue.turn(patience=0):
        served.append("free again")


def test_a_turn_that_comes_in_the_moment_of_giving_up_is_passed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """The holder leaves just after the wait has ended, before the one who waited could say so."""
    queue, served = FairQueue(), []
    holder, next_one = Writer(queue, served, "holder"), Writer(queue, served, "next")
    in_line(queue, [holder])

    class TooLate(fair_turn._Place):
        def wait(self, patience: float = -1) -> bool:
            monkeypatch.undo()
            next_one.start()
            until(lambda: waiting(queue) == 2)
            holder.let_go.set()
            holder.join(LONG)
            assert self.state is State.LEADS
            return False

    monkeypatch.setattr(fair_turn, "_Place", TooLate)
    with pytest.raises(TookTooLong), queue.turn(patience=1):
        served.append("too late")

    assert next_one.took.wait(LONG)
    next_one.let_go.set()
    next_one.join(LONG)
    assert served == ["holder", "next"]


def test_a_turn_that_ends_in_an_error_is_passed_on() -> None:
    queue = FairQueue()

    with pytest.raises(ZeroDivisionError), queue.turn(LONG):
        raise ZeroDivisionError

    with queue.turn(patience=0):
        assert waiting(queue) == 0
