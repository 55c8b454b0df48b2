"""A PostgreSQL of a test's own, to be restarted in the middle of everything and stopped in its tracks."""

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.serving.process import a_free_port

USER = "voltsafe"


def programs() -> Path | None:
    """The newest server's."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    here = shutil.which("initdb")
    return Path(here).parent if here else None


class OwnPostgres:
    def __init__(self, folder: Path, found: Path) -> None:
        self._found, self._folder = found, folder
        self.port = a_free_port()
        self.url = f"postgres://{USER}@127.0.0.1:{self.port}/postgres"
        self._run("initdb", "-D", folder / "rows", "-U", USER, "--auth=trust", "--no-sync", "--no-instructions")
        # Tests cut no power, so nothing waits for the disk.
        options = f"-p {self.port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off -c max_connections=60"
        self._run("pg_ctl", "-D", folder / "rows", "-l", folder / "log", "-o", options, "-w", "start")

    def _run(self, program: str, *arguments: object) -> None:
        command = [str(self._found / program), *map(str, arguments)]
        if os.geteuid() == 0:
            # It refuses to run as root.
            command = ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", *command]
        subprocess.run(command, cwd=self._folder, check=True, stdout=subprocess.DEVNULL)

    def restart(self) -> None:
        """As after a crash: every session is cut, and what was written is read from the log."""
        self._run("pg_ctl", "-D", self._folder / "rows", "-l", self._folder / "log", "-m", "immediate", "-w", "restart")

    def stop(self) -> None:
        self._run("pg_ctl", "-D", self._folder / "rows", "-m", "immediate", "-w", "stop")

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
def own_postgres() -> Iterator[OwnPostgres]:
    found = programs()
    if found is None:
        pytest.skip("there is no PostgreSQL server")
    folder = Path(tempfile.mkdtemp(prefix="voltsafe-postgres-"))
    try:
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres", "postgres")
        server = OwnPostgres(folder, found)
        try:
            yield server
        finally:
            server.thaw()
            server.stop()
    finally:
        shutil.rmtree(folder)
