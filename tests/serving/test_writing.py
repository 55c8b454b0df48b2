"""What is written straight to a socket arrives whole and in order, and a socket that is lost is no surprise."""

from typing import Any

import pytest
from twisted.internet import main
from twisted.internet.abstract import FileDescriptor

from voltsafe.writing import write


class Socket(FileDescriptor):
    """Twisted's transport over a socket that takes so much at a time."""

    def __init__(self, *takes: Any) -> None:
        super().__init__(reactor=object())  # type: ignore[arg-type]
        self.connected = 1
        self.takes, self.taken, self.is_watched = list(takes), b"", False

    def writeSomeData(self, data: Any) -> Any:  # noqa: N802
        most = self.takes.pop(0) if self.takes else len(data)
        if not isinstance(most, int):
            return most
        self.taken += bytes(data[:most])
        return min(most, len(data))

    def startWriting(self) -> None:  # noqa: N802
        self.is_watched = True

    def stopWriting(self) -> None:  # noqa: N802
        self.is_watched = False

    def go_on(self) -> None:
        while self.is_watched:
            assert self.doWrite() is None


def test_what_a_socket_takes_at_once_needs_nobody_to_watch_it() -> None:
    socket = Socket()
    write(socket, b"all of it")
    assert (socket.taken, socket.is_watched) == (b"all of it", False)


@pytest.mark.parametrize("at_once", [0, 1, 8])
def test_the_rest_follows_as_ever_and_nothing_overtakes_it(at_once: int) -> None:
    socket = Socket(at_once, 2)
    write(socket, b"the first")
    write(socket, b", the second")
    assert socket.taken == b"the first"[:at_once]
    socket.go_on()
    assert socket.taken == b"the first, the second"
    write(socket, b", the third")
    assert (socket.taken, socket.is_watched) == (b"the first, the second, the third", False)


def test_what_is_put_by_the_ordinary_way_comes_first() -> None:
    socket = Socket()
    socket.write(b"before")
    write(socket, b", after")
    socket.go_on()
    assert socket.taken == b"before, after"


def test_a_lost_socket_is_found_lost_where_it_always_is() -> None:
    socket = Socket(main.CONNECTION_LOST, main.CONNECTION_LOST)
    write(socket, b"to nobody")
    assert socket.is_watched
    assert socket.doWrite() is main.CONNECTION_LOST


def test_who_is_gone_is_told_nothing() -> None:
    socket = Socket()
    socket.connected = 0
    write(socket, b"to nobody")
    assert (socket.taken, socket.is_watched) == (b"", False)


def test_on_its_way_out_it_is_told_what_was_on_its_way_to_it() -> None:
    socket = Socket(1)
    write(socket, b"farewell")
    socket.disconnecting = 1
    write(socket, b"!")
    socket.disconnecting = 0
    socket.go_on()
    assert socket.taken == b"farewell!"


def test_another_kind_of_transport_is_written_to_as_ever() -> None:
    class Other:
        told: list[bytes] = []

        def write(self, data: bytes) -> None:
            self.told.append(data)

    write(Other(), b"whole")
    assert Other.told == [b"whole"]
