"""A PostgreSQL of a test's own, to be restarted in the middle of everything and stopped in its tracks."""

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest

from tests.serving.process import a_free_port

USER = "voltsafe"
LOCALLY = "127.0.0.1"
SESSIONS = "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"


def programs() -> Path | None:
    """The newest server's."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    here = shutil.which("initdb")
    return Path(here).parent if here else None


class OwnPostgres:
    """At an address, and where its commands are run `inside` a network, at one of that."""

    def __init__(self, folder: Path, found: Path, address: str = LOCALLY, inside: Sequence[str] = ()) -> None:
        self._found, self._folder, self._inside = found, folder, inside
        self.port = a_free_port()
        self.url = f"postgres://{USER}@{address}:{self.port}/postgres"
        self.past_the_network = f"postgres://{USER}@{quote(str(folder), safe='')}:{self.port}/postgres"
        """By its socket in the file system."""
        self._run("initdb", "-D", folder / "rows", "-U", USER, "--auth=trust", "--no-sync", "--no-instructions")
        with (folder / "rows/pg_hba.conf").open("a") as who_may:
            who_may.write(f"host all {USER} samenet trust\n")
        # Tests cut no power, so nothing waits for the disk.
        options = f"-p {self.port} -k {folder} -c listen_addresses={address} -c fsync=off -c max_connections=60"
        self._run("pg_ctl", "-D", folder / "rows", "-l", folder / "log", "-o", options, "-w", "start")

    def _run(self, program: str, *arguments: object) -> None:
        command = [str(self._found / program), *map(str, arguments)]
        if os.geteuid() == 0:
            # It refuses to run as root.
            command = ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", *command]
        command = [*self._inside, *command]
        subprocess.run(command, cwd=self._folder, check=True, stdout=subprocess.DEVNULL)

    def restart(self) -> None:
        """As after a crash: every session is cut, and what was written is read from the log."""
        self._run("pg_ctl", "-D", self._folder / "rows", "-l", self._folder / "log", "-m", "immediate", "-w", "restart")

    def stop(self) -> None:
        self._run("pg_ctl", "-D", self._folder / "rows", "-m", "immediate", "-w", "stop")

    def sessions(self) -> int:
        """That it holds for its clients, as far as it knows."""
        with psycopg.connect(self.past_the_network) as asking:
            return int(asking.execute(SESSIONS).fetchone()[0])  # type: ignore[index]

    def freeze(self) -> None:
        """Its connections stay, take what is sent and never answer; new ones are made by the system and no more."""
        for pid in self._processes():
            os.kill(pid, signal.SIGSTOP)

    def thaw(self) -> None:
        for pid in self._processes():
            os.kill(pid, signal.SIGCONT)

    def _processes(self) -> list[int]:
        """The postmaster first: it makes no new ones meanwhile."""
        first = int((self._folder / "rows/postmaster.pid").read_text().splitlines()[0])
        children = Path(f"/proc/{first}/task/{first}/children").read_text().split()
        return [first, *map(int, children)]


@contextmanager
def own_postgres(address: str = LOCALLY, inside: Sequence[str] = ()) -> Iterator[OwnPostgres]:
    found = programs()
    if found is None:
        pytest.skip("there is no PostgreSQL server")
    folder = Path(tempfile.mkdtemp(prefix="voltsafe-postgres-"))
    try:
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres", "postgres")
        server = OwnPostgres(folder, found, address, inside)
        try:
            yield server
        finally:
            server.thaw()
            server.stop()
    finally:
        shutil.rmtree(folder)
