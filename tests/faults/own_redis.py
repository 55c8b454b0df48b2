"""A Redis of a test's own, to be killed, started again and emptied."""

import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
import redis

from tests.faults.scale import until
from tests.serving.process import a_free_port

LOCALLY = "127.0.0.1"


class OwnRedis:
    """At an address, and where its command is run `inside` a network, at one of that."""

    def __init__(self, folder: Path, address: str = LOCALLY, inside: Sequence[str] = ()) -> None:
        self.port = a_free_port()
        self.url = f"redis://{address}:{self.port}/0"
        where = ["--port", str(self.port), "--bind", address, "--protected-mode", "no", "--dir", str(folder)]
        self._command = [*inside, "redis-server", *where, "--save", "", "--appendonly", "no"]
        self.start()

    def start(self) -> None:
        self._process = subprocess.Popen(self._command, stdout=subprocess.DEVNULL)
        until(self._answers, within=30, what="Redis answers")

    def _answers(self) -> bool:
        with redis.Redis.from_url(self.url) as client:
            try:
                return bool(client.ping())
            except redis.ConnectionError:
                return False

    def kill(self) -> None:
        self._process.kill()
        self._process.wait(30)

    def empty(self) -> None:
        with redis.Redis.from_url(self.url) as client:
            client.flushall()


@contextmanager
def own_redis(folder: Path, address: str = LOCALLY, inside: Sequence[str] = ()) -> Iterator[OwnRedis]:
    if shutil.which("redis-server") is None:
        pytest.skip("there is no redis-server")
    server = OwnRedis(folder, address, inside)
    try:
        yield server
    finally:
        server.kill()
