"""`manage.py serve` as people start it: real processes, their output, their exit codes."""

import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.forking.process import run
from tests.serving.process import (
    BY_HAND,
    COMMAND,
    READY,
    Serving,
    a_free_port,
    complaint,
    serving,
    started,
    without_the_rights_of_root,
)

pytestmark = pytest.mark.processes

OWNER = {"VOLTSAFE_OWNER": "ada", "VOLTSAFE_OWNER_PASSWORD": "a long enough phrase", "VOLTSAFE_SAMPLE_HOME": "1"}


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that has been served from once and is only read from then on."""
    folder = tmp_path_factory.mktemp("kept")
    with serving(folder) as server:
        server.stop()
    return folder


@pytest.fixture(scope="module")
def server(kept: Path) -> Any:
    with serving(kept) as running:
        yield running


def rows(folder: Path) -> list[str]:
    with sqlite3.connect(folder / "data" / "voltsafe.sqlite3") as database:
        lines = list(database.iterdump())
    database.close()
    return lines


def files(folder: Path) -> dict[str, int]:
    """Every file but the database's own, and when it was written."""
    found = (path for path in (folder / "data").rglob("*") if path.is_file() and ".sqlite3" not in path.name)
    return {str(path): path.stat().st_mtime_ns for path in found}


def test_the_first_start_makes_everything_and_says_how_to_go_on(tmp_path: Path) -> None:
    with serving(tmp_path, BY_HAND) as server:
        assert server.ask("/healthz").status == 200
        assert server.ask("/readyz").status == 200
        assert server.ask("/").headers["Location"] == "/welcome/"
        code, rest = server.stop()

    at = f"http://127.0.0.1:{server.port}"
    assert server.said == ["Preparing the database ...", "Collecting the static files ...", f"{READY}{at}/"]
    assert rest.startswith(f"Set it up at {at}/welcome/ with the setup code ")
    assert (code, rest.count("\n")) == (0, 1)
    assert (tmp_path / "data" / "secret-key").stat().st_mode & 0o777 == 0o600


def test_the_second_start_finds_nothing_to_do(tmp_path: Path) -> None:
    found = []
    for _ in range(2):
        # A controller writes down that it runs; that is no part of the start.
        with serving(tmp_path, BY_HAND, VOLTSAFE_CONTROLLER="0") as server:
            server.ask("/healthz")
            server.stop()
        found.append((rows(tmp_path), files(tmp_path)))

    assert server.said == [f"{READY}http://127.0.0.1:{server.port}/"]
    assert found[0] == found[1]


def test_a_server_that_was_stopped_leaves_one_file_that_has_it_all(served_once: Path) -> None:
    with serving(served_once, **OWNER) as server:
        server.ask("/sign-in/")
        server.stop()

    assert [path.name for path in (served_once / "data").glob("voltsafe.sqlite3*")] == ["voltsafe.sqlite3"]


def test_while_it_runs_it_is_backed_up_and_nothing_is_restored(server: Serving, kept: Path, tmp_path: Path) -> None:
    backup = manage(server, "backup", str(tmp_path / "now.zip"))
    assert (backup.returncode, backup.stderr) == (0, "")
    assert f"{tmp_path}/now.zip: the state of " in backup.stdout

    restore = manage(server, "restore", "--replace", str(tmp_path / "now.zip"))
    assert restore.returncode == 1
    assert "VoltSafe is running on this data. Stop it" in restore.stderr
    assert server.ask("/readyz").status == 200


def manage(server: Serving, *typed: str) -> "subprocess.CompletedProcess[str]":
    return run([sys.executable, "-W", "error", "manage.py", *typed], env=server.environment, check=False)


def test_a_change_of_a_static_file_is_collected(kept: Path) -> None:
    (kept / "data" / "static.stamp").write_text("of other files")
    with serving(kept) as server:
        server.stop()

    assert server.said[0] == "Collecting the static files ..."


def test_an_unattended_first_start_asks_nothing(tmp_path: Path) -> None:
    with serving(tmp_path, **OWNER) as server:
        code, rest = server.stop()
        made = rows(tmp_path)
    with serving(tmp_path, **OWNER) as again:
        again.stop()

    assert "Made the account 'ada' and its home." in server.said
    assert (code, rest) == (0, "")
    assert any("Kettle" in line for line in made)
    assert not any("a long enough phrase" in line for line in [*made, *server.said])
    assert len(again.said) == 1
    assert rows(tmp_path) == made


def test_two_first_starts_at_once_take_turns(tmp_path: Path) -> None:
    with started(tmp_path, **OWNER) as one, started(tmp_path, **OWNER) as other:
        for server in (one, other):
            server.wait_for(READY)
            assert server.ask("/readyz").status == 200

    said = one.said + other.said
    assert said.count("Preparing the database ...") == said.count("Collecting the static files ...") == 1
    assert sum("Made the account" in line for line in said) == 1


@pytest.mark.parametrize("moment", ["Preparing", "Collecting", "Made"])
def test_a_start_that_was_killed_is_made_good_by_the_next(tmp_path: Path, moment: str) -> None:
    with started(tmp_path, **OWNER) as killed:
        killed.wait_for(moment)
        killed.process.kill()
    with serving(tmp_path, **OWNER) as server:
        assert server.ask("/readyz").status == 200
        server.stop()

    assert any("Kettle" in line for line in rows(tmp_path))


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_stops_at_once_and_quietly_whoever_is_connected(kept: Path, how: signal.Signals) -> None:
    with serving(kept, BY_HAND) as server:
        server.wait_for("Set it up")
        browser = socket.create_connection(("127.0.0.1", server.port))
        browser.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert browser.recv(12) == b"HTTP/1.1 200"
        caller = socket.create_connection(("127.0.0.1", server.port))
        caller.sendall(b"GET /health")
        watcher = socket.create_connection(("127.0.0.1", server.port))
        watcher.sendall(handshake(server))
        assert watcher.recv(12) == b"HTTP/1.1 101"
        stopped = server.stop(how)
        for client in (browser, caller, watcher):
            client.close()

    assert stopped == (0, "")


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_stops_quietly_while_it_is_still_starting(tmp_path: Path, how: signal.Signals) -> None:
    with started(tmp_path, BY_HAND) as server:
        server.wait_for("Preparing")
        code, rest = server.stop(how)

    assert code == 0
    assert "Traceback" not in rest


def test_a_port_in_use_is_named_before_anything_is_made(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        said = complaint(tmp_path, BY_HAND, PORT=str(port))

    assert said.startswith(f"VoltSafe cannot start. Port {port} is already in use.")
    assert not (tmp_path / "data" / "voltsafe.sqlite3").exists()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "eighty"),
        ("HOST", "192.0.2.1"),
        ("HOST", "no such host"),
        ("VOLTSAFE_URL", "home.example"),
        ("VOLTSAFE_DEBUG", "perhaps"),
        ("VOLTSAFE_DATA_DIR", "/dev/null/data"),
        ("VOLTSAFE_SECRET_KEY_FILE", "/no/such/file"),
        ("DATABASE_URL", "mysql://localhost/volts"),
        ("REDIS_URL", "localhost"),
        ("VOLTSAFE_SAMPLE_HOME", "perhaps"),
    ],
)
def test_nonsense_in_the_environment_is_named_in_one_line(tmp_path: Path, name: str, value: str) -> None:
    assert name in complaint(tmp_path, **{name: value})


@pytest.mark.parametrize(
    "given",
    [
        {"VOLTSAFE_OWNER": "ada"},
        {"VOLTSAFE_OWNER_PASSWORD": "a long enough phrase"},
        {"VOLTSAFE_OWNER": "ada", "VOLTSAFE_OWNER_PASSWORD": "short"},
        {"VOLTSAFE_OWNER": "not a name!", "VOLTSAFE_OWNER_PASSWORD": "a long enough phrase"},
    ],
)
def test_an_owner_that_cannot_be_made_is_said_in_one_line(tmp_path: Path, given: dict[str, str]) -> None:
    assert "VOLTSAFE_OWNER" in complaint(tmp_path, **given)


def test_a_read_only_data_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir(0o500)

    assert "is read-only" in complaint(tmp_path, without_the_rights_of_root(COMMAND))


def test_a_read_only_place_for_the_data_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "closed").mkdir(0o500)
    where = {"VOLTSAFE_DATA_DIR": str(tmp_path / "closed" / "data")}

    assert "Permission denied" in complaint(tmp_path, without_the_rights_of_root(COMMAND), **where)


@pytest.mark.parametrize("command", [COMMAND, [*COMMAND[:-1], "controller"]], ids=["server", "controller"])
def test_a_data_folder_that_takes_no_note_of_who_runs_is_named(tmp_path: Path, command: list[str]) -> None:
    (tmp_path / "data/running.lock").mkdir(parents=True)

    assert f"cannot start. The data folder {tmp_path / 'data'} cannot be used" in complaint(tmp_path, command)


def test_a_database_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "voltsafe.sqlite3").touch(0o400)

    assert "voltsafe.sqlite3 is read-only" in complaint(tmp_path, without_the_rights_of_root(COMMAND))


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "voltsafe.sqlite3").write_text("a letter to a friend, long enough to be none" * 100)

    assert "file is not a database" in complaint(tmp_path)


def test_a_database_that_cannot_be_reached_is_named(tmp_path: Path) -> None:
    said = complaint(tmp_path, DATABASE_URL=f"postgres://ada:s3cret@127.0.0.1:{a_free_port()}/volts")

    assert "volts at 127.0.0.1 cannot be used" in said
    assert "s3cret" not in said


@pytest.fixture
def database(kept: Path, tmp_path: Path) -> Any:
    """The database of a home that was served from, to be tampered with."""
    shutil.copytree(kept / "data", tmp_path / "data")
    connection = sqlite3.connect(tmp_path / "data" / "voltsafe.sqlite3")
    yield connection
    connection.close()


def test_a_database_of_a_newer_version_is_left_alone(database: sqlite3.Connection, tmp_path: Path) -> None:
    database.execute(
        "INSERT INTO django_migrations (app, name, applied) VALUES ('appliances', '9999_later', '2030-01-01')"
    )
    database.commit()

    said = complaint(tmp_path)
    assert "newer VoltSafe (it has appliances.9999_later)" in said
    assert f"manage.py restore {tmp_path}/data/backups/before-upgrade-" in said


def test_a_database_without_its_interlock_is_not_served(database: sqlite3.Connection, tmp_path: Path) -> None:
    (trigger,) = database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchone()
    database.execute(f"DROP TRIGGER {trigger}")
    database.commit()

    assert "interlock" in complaint(tmp_path)


def handshake(server: Serving) -> bytes:
    lines = [
        "GET /ws/homes/home/ HTTP/1.1",
        f"Host: 127.0.0.1:{server.port}",
        f"Origin: http://127.0.0.1:{server.port}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def test_another_page_is_refused_a_socket(server: Serving) -> None:
    assert server.shake_hands("/ws/homes/home/", Origin="https://evil.example") == 403
    assert server.shake_hands("/ws/homes/home/", Origin=f"http://127.0.0.1:{server.port + 1}") == 403
    assert server.shake_hands("/ws/homes/home/") == 403
    assert server.shake_hands("/ws/homes/home/", Origin=f"http://127.0.0.1:{server.port}") == 101


def test_an_unknown_socket_is_refused(server: Serving) -> None:
    assert server.shake_hands("/nothing", Origin=f"http://127.0.0.1:{server.port}") == 403


def test_another_host_is_refused_and_takes_one_line_of_the_log(kept: Path) -> None:
    with serving(kept) as server:
        server.wait_for("Set it up")
        assert server.ask("/sign-in/", Host="evil.example").status == 400
        _code, rest = server.stop()

    assert "evil.example" in rest
    assert rest.count("\n") == 1


def test_a_sub_path_that_the_client_made_up_is_not_believed(server: Serving) -> None:
    assert server.ask("/", Daphne_Root_Path="//evil.example").headers["Location"] == "/welcome/"


def test_a_body_that_is_announced_too_long_is_not_waited_for(server: Serving) -> None:
    assert server.ask("/", "POST", Content_Length=str(2**40)).status == 413


def test_a_body_that_never_ends_is_cut_off(server: Serving) -> None:
    chunk = b"10000\r\n" + bytes(0x10000) + b"\r\n"
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as client:
        client.sendall(b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n")
        with pytest.raises((ConnectionResetError, BrokenPipeError)):
            client.sendall(chunk * 1000)


def test_static_files_come_compressed_and_may_be_kept(server: Serving) -> None:
    page = server.ask("/welcome/").body.decode()
    style = page.split('rel="stylesheet" href="', 1)[1].split('"', 1)[0]
    answer = server.ask(style, Accept_Encoding="br")

    assert (answer.status, answer.headers["Content-Encoding"]) == (200, "br")
    assert "immutable" in answer.headers["Cache-Control"]
