"""What goes over a socket: a frame that is made once for all that are told the same, whole however long it is."""

import struct
from typing import Any

import pytest
from autobahn.exception import Disconnected
from autobahn.twisted.websocket import WebSocketServerFactory
from twisted.internet.testing import StringTransport

from voltsafe.serving import LongSpeaking


def a_socket() -> Any:
    socket = LongSpeaking()
    socket.factory = WebSocketServerFactory("ws://127.0.0.1:8000")
    socket.factory.setProtocolOptions(maxMessagePayloadSize=16384, openHandshakeTimeout=0)
    socket.makeConnection(StringTransport())
    socket.state, socket.client_addr = socket.STATE_OPEN, ["127.0.0.1", 50000]
    return socket


def frame_of(text: str) -> bytes:
    """As RFC 6455, 5.2 has one that is not masked."""
    payload = text.encode()
    size = len(payload)
    length = bytes([size]) if size < 126 else struct.pack("!BH" if size < 2**16 else "!BQ", 126 + (size >= 2**16), size)
    return b"\x81" + length + payload


@pytest.mark.parametrize("text", ["On", "ö" * 200, "1\u202f200\u202fW " * 20_000], ids=["short", "medium", "long"])
def test_all_are_told_the_same_bytes(text: str) -> None:
    sockets = [a_socket(), a_socket()]

    for socket in sockets:
        socket.serverSend(text)

    assert [socket.transport.value() for socket in sockets] == [frame_of(text)] * 2


def test_what_one_is_told_in_between_reaches_no_other() -> None:
    ours, theirs = a_socket(), a_socket()

    ours.serverSend("the kettle is on")
    theirs.serverSend("the oven is off")
    ours.serverSend("the kettle is off")

    assert ours.transport.value() == frame_of("the kettle is on") + frame_of("the kettle is off")
    assert theirs.transport.value() == frame_of("the oven is off")


def test_who_is_gone_is_not_told() -> None:
    socket = a_socket()
    socket.state = socket.STATE_CLOSED

    with pytest.raises(Disconnected):
        socket.serverSend("the kettle is on")
    assert socket.transport.value() == b""
