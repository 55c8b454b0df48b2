"""The name server that stands in for Docker's when the cluster runs without it."""

import socket
import struct
from collections.abc import Iterator

import pytest

from deploy.cluster.names import Names


@pytest.fixture
def names() -> Iterator[Names]:
    server = Names("web")
    yield server
    server.close()


def asked(names: Names, name: str, kind: int = 1) -> tuple[int, list[str]]:
    """The code of the answer, and the addresses in it."""
    question = struct.pack("!HHHHHH", 7, 0x0100, 1, 0, 0, 0) + bytes([len(name)]) + name.encode() + b"\0"
    question += struct.pack("!HH", kind, 1)
    host, _colon, port = names.address.removeprefix("udp/").partition(":")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(10)
        client.sendto(question, (host, int(port)))
        answer = client.recv(512)
    number, flags, _questions, count, _authorities, _more = struct.unpack_from("!HHHHHH", answer)
    assert number == 7
    rows = answer[len(question) :]
    return flags & 0xF, [socket.inet_ntoa(rows[16 * row + 12 : 16 * row + 16]) for row in range(count)]


def test_its_name_is_every_address_that_runs_at_this_moment(names: Names) -> None:
    names.found = ["127.0.0.2", "127.0.0.3"]
    assert asked(names, "web") == (0, ["127.0.0.2", "127.0.0.3"])
    names.found = ["127.0.0.3"]
    assert asked(names, "WEB") == (0, ["127.0.0.3"])


def test_it_has_no_other_kind_of_address_and_no_other_name(names: Names) -> None:
    names.found = ["127.0.0.2"]
    assert asked(names, "web", kind=28) == (0, [])
    assert asked(names, "elsewhere") == (3, [])
