"""A network of a test's own, with what it serves at the far end, that can swallow whatever is sent, both ways.

Two namespaces: one at the far end, and one between with nothing but a bridge. While a port of the bridge takes nothing
there is no answer, no reset and no word that nobody is there: to either side the other has fallen silent, and both work
on with what they have. (Dropped at either end itself, the sender would know, and try again every half second.)
"""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from random import Random, random

import pytest

from tests.faults.scale import TORTURE

SECONDS = 7 if TORTURE == 1 else 30
"""That nothing comes through."""

ROUNDS = min(TORTURE, 10)

NETWORKS = 64
"""One is taken of so many, by the name of its interface: two tests at once do not get the same."""


class Network:
    def __init__(self, number: int) -> None:
        self._name = f"swallows{number}"
        self._between = f"{self._name}between"
        self.near, self.far = (f"10.212.{number}.{end}" for end in (1, 2))
        self.inside = ["nsenter", f"--net=/run/netns/{self._name}"]
        """Before a command, to have it run at the far end (`ip netns exec` would keep every mount there is, too)."""

    def make(self) -> bool:
        """False where somebody else has it."""
        if _run("ip", "netns", "add", self._name).returncode:
            return False
        try:
            self._lay()
        except BaseException:
            self.remove()
            raise
        return True

    def _lay(self) -> None:
        there, between = ["ip", "-n", self._name], ["ip", "-n", self._between]
        for command in (
            ["ip", "netns", "add", self._between],
            ["ip", "link", "add", self._name, "type", "veth", "peer", "name", "near", "netns", self._between],
            [*there, "link", "add", "wire", "type", "veth", "peer", "name", "far", "netns", self._between],
            [*between, "link", "add", "bridge", "up", "type", "bridge"],
            [*between, "link", "set", "near", "master", "bridge", "up"],
            [*between, "link", "set", "far", "master", "bridge", "up"],
            ["ip", "address", "add", f"{self.near}/30", "dev", self._name],
            ["ip", "link", "set", self._name, "up"],
            [*there, "address", "add", f"{self.far}/30", "dev", "wire"],
            [*there, "link", "set", "wire", "up"],
            [*there, "link", "set", "lo", "up"],
        ):
            _must(command)
        # As behind a router, which knows the way and does not say that nobody is at its end.
        for ours, device, other, its in ((["ip"], self._name, there, "wire"), (there, "wire", ["ip"], self._name)):
            address = _must([*other, "-brief", "link", "show", its]).split()[2]
            whose = self.far if its == "wire" else self.near
            _must([*ours, "neighbour", "replace", whose, "lladdr", address, "dev", device, "nud", "permanent"])

    def remove(self) -> None:
        """The interface on our side goes with its end in the namespace."""
        _run("ip", "link", "delete", self._name)
        _run("ip", "netns", "delete", self._between)
        _must(["ip", "netns", "delete", self._name])

    def swallow(self) -> None:
        self._port("0")

    def let_through(self) -> None:
        self._port("3")

    def _port(self, state: str) -> None:
        _must(["bridge", "-n", self._between, "link", "set", "dev", "near", "state", state])

    @contextmanager
    def swallowing(self) -> Iterator[None]:
        self.swallow()
        try:
            yield
        finally:
            self.let_through()


def _run(*command: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(command, capture_output=True, text=True, check=False)


def _must(command: list[str]) -> str:
    done = _run(*command)
    assert done.returncode == 0, (command, done.stderr)
    return done.stdout


@contextmanager
def own_network() -> Iterator[Network]:
    if os.geteuid() != 0 or shutil.which("ip") is None:
        pytest.skip("only root makes a network, with iproute2")
    numbers = Random(random()).sample(range(NETWORKS), NETWORKS)
    network = next(one for one in map(Network, numbers) if one.make())
    try:
        yield network
    finally:
        network.remove()
