"""A real server in a process of its own, and Chromium in front of it."""

import os
import shutil
import signal
import socket
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.forking.process import Process, run

OWNER, PASSWORD = "ada", "a long enough phrase"
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """`manage.py serve` as `make run` starts it, with a data folder and a port of its own."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = folder / "server.log"
        kept = {name: os.environ[name] for name in ("PATH", "DATABASE_URL", "REDIS_URL") if name in os.environ}
        self.environment = {**kept, "PORT": str(self.port), "VOLTSAFE_DATA_DIR": str(folder / "data"), **environment}
        self._process: Process | None = None

    def start(self) -> None:
        with self.log.open("ab") as log:
            command = [sys.executable, "manage.py", "serve"]
            self._process = Process(command, env=self.environment, stdout=log, stderr=log)
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and self._process.poll() is None:
            try:
                with urllib.request.urlopen(f"{self.url}/healthz", timeout=2):
                    return
            except OSError:
                time.sleep(0.1)
        pytest.fail(f"The server did not start:\n{self.said()}")

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(20)
            self._process = None

    def manage(self, *arguments: str) -> None:
        """Run a command of manage.py on this server's database."""
        run([sys.executable, "manage.py", *arguments], env=self.environment, check=True)

    def said(self) -> str:
        return self.log.read_text(errors="replace")


class Folder:
    """One data folder for all journeys of a session: prepared once, its database put back before each."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.database = path / "data" / "voltsafe.sqlite3"
        first = {"VOLTSAFE_OWNER": OWNER, "VOLTSAFE_OWNER_PASSWORD": PASSWORD, "VOLTSAFE_SAMPLE_HOME": "1"}
        server = Server(path, **first)
        server.start()
        server.stop()
        self.furnished = self.database.read_bytes()

    def server(self, *, owner: bool, **environment: str) -> Server:
        for left in self.path.glob("data/voltsafe.sqlite3*"):
            left.unlink()
        if owner:
            self.database.write_bytes(self.furnished)
        (self.path / "server.log").unlink(missing_ok=True)
        return Server(self.path, **environment)


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    if "DATABASE_URL" in os.environ:
        pytest.skip("the journeys bring their own database")
    return Folder(tmp_path_factory.mktemp("journeys"))


@pytest.fixture
def serve(folder: Folder) -> Iterator[Callable[..., Server]]:
    """`serve()` starts a server with the sample home; `serve(owner=False)` one that was never set up."""
    started: list[Server] = []

    def begin(*, owner: bool = True, **environment: str) -> Server:
        server = folder.server(owner=owner, **environment)
        started.append(server)
        server.start()
        return server

    yield begin
    for server in started:
        server.stop()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if found is None:
        pytest.skip("Chromium is not installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def window(chromium: Any) -> Iterator[Callable[..., Any]]:
    """`window()` opens a browser window with cookies of its own; what a page may not do fails the test."""
    contexts: list[Any] = []
    complaints: list[str] = []

    def listen(message: Any) -> None:
        if "Content Security Policy" in message.text:
            complaints.append(message.text)

    def opened(**options: Any) -> Any:
        context = chromium.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(8_000)
        page.on("console", listen)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []


def sign_in(page: Any, server: Server) -> Any:
    page.goto(f"{server.url}/sign-in/")
    page.fill("[name=username]", OWNER)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/homes/**")
    return page


def switch_of(page: Any, name: str) -> Any:
    return page.get_by_role("switch", name=name, exact=True)


def is_live(page: Any) -> None:
    """The socket is open and has said where it is."""
    page.wait_for_selector("body[data-connection=live]")
