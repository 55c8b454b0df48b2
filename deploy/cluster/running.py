"""The services of docker-compose.yml as processes of this machine, each by its very command line."""

import os
import shutil
import socket
import ssl
import subprocess
import sys
import time
from contextlib import ExitStack
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from pathlib import Path
from typing import Any

from deploy.cluster import composed, servers
from deploy.cluster.composed import ROOT
from deploy.cluster.names import Names

LOOPBACK = "127.0.0.1"
WEB = {"web-1": "127.0.0.2", "web-2": "127.0.0.3"}
"""Where the web processes listen: one port, as in their containers."""
PATIENCE = 120.0


class Ended(Exception):
    """A process ended by itself, or something was not so in time: with what was said last."""


class Cluster:
    """Two web processes, a controller and the proxy; everything of theirs is gone when it is left."""

    def __init__(self, folder: Path, *, scheme: str, port: int, **more: str) -> None:
        self.folder = folder
        self.port = port
        self.address = f"{scheme}://localhost:{port}"
        self.web_port = a_free_port(*WEB.values())
        self.metrics_port = a_free_port(LOOPBACK)
        self._more = more
        self._services: dict[str, Any] = composed.understood()["services"]
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._left = ExitStack()

    def __enter__(self) -> "Cluster":
        with ExitStack() as started:
            database, database_password = started.enter_context(servers.a_database())
            redis, redis_password = started.enter_context(servers.a_redis())
            self._names = Names("web")
            started.callback(self._names.close)
            started.callback(self._stop_all)
            secrets = {
                "secret_key": "only for as long as this cluster runs " * 2,
                "postgres_password": database_password,
                "redis_password": redis_password,
            }
            (self.folder / "secrets").mkdir(mode=0o700)
            for name, text in secrets.items():
                (self.folder / "secrets" / name).write_text(text)
            self._servers = {"DATABASE_URL": database, "REDIS_URL": redis, "VOLTSAFE_URL": self.address}
            self._start_all()
            self._left = started.pop_all()
        return self

    def __exit__(self, *why: Any) -> None:
        self._left.__exit__(*why)

    def _start_all(self) -> None:
        """All at once, as after a power cut: who needs another waits for it."""
        self._start("controller", "controller", VOLTSAFE_CONTROLLER_METRICS=f"{LOOPBACK}:{self.metrics_port}")
        for name, host in WEB.items():
            self.start_web(name, host)
        ports = {"http": "CADDY_HTTP_PORT", "https": "CADDY_HTTPS_PORT"}
        caddy = {variable: str(a_free_port(LOOPBACK)) for variable in (*ports.values(), "CADDY_HEALTH_PORT")}
        caddy[ports[self.address.partition(":")[0]]] = str(self.port)
        self._start(
            "proxy",
            "proxy",
            **caddy,
            CADDY_WEB_PORT=str(self.web_port),
            CADDY_RESOLVER=self._names.address,
            XDG_DATA_HOME=str(self.folder / "proxy"),
            XDG_CONFIG_HOME=str(self.folder / "proxy"),
        )

    def start_web(self, name: str, host: str) -> None:
        own = {"HOST": host, "PORT": str(self.web_port), "VOLTSAFE_TRUSTED_PROXIES": LOOPBACK}
        self._start(name, "web", **own)
        self._names.found = [WEB[one] for one in WEB if one in self._running]

    def _data(self, service: str) -> Path:
        """What the service has as /data."""
        return self.folder / service

    def _start(self, name: str, service: str, **own: str) -> None:
        with self.log(name).open("ab") as log:
            # In a session of its own: Ctrl-C is for us, and we stop it in its turn.
            self._running[name] = subprocess.Popen(
                self.command(service, self._services[service]["command"]),
                cwd=ROOT,
                env={"PATH": os.environ["PATH"], **self.environment(service), **own},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def environment(self, service: str) -> dict[str, str]:
        """That of the container, with our own servers in it."""
        given = {key: str(value) for key, value in self._services[service]["environment"].items()}
        here = {key: self._here(value, service) for key, value in given.items()}
        return {**here, "VOLTSAFE_DATA_DIR": str(self._data(service)), **self._servers, **self._more}

    def command(self, service: str, line: list[str]) -> list[str]:
        """The line of the container, with what lies elsewhere on this machine."""
        program, *rest = line
        found = sys.executable if program == "python" else shutil.which(program)
        if found is None:
            raise SystemExit(f"{program} is not here; on Debian and Ubuntu: apt install {program}")
        return [found, *(self._here(word, service) for word in rest)]

    def _here(self, text: str, service: str) -> str:
        for there, here in (
            ("/run/secrets", self.folder / "secrets"),
            ("/etc/caddy/Caddyfile", ROOT / "deploy/proxy/Caddyfile"),
            ("/data/", f"{self._data(service)}/"),
        ):
            text = text.replace(there, str(here))
        return text

    def is_healthy(self, service: str) -> bool:
        """By the health check of its container."""
        _cmd, *line = self._services[service]["healthcheck"]["test"]
        return subprocess.run(self.command(service, line), capture_output=True, check=False).returncode == 0

    def stop(self, name: str) -> int:
        """Its exit code."""
        if name in WEB:
            self._names.found = [host for one, host in WEB.items() if one in self._running and one != name]
        process = self._running.pop(name)
        process.terminate()
        try:
            return process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            return process.wait()

    def _stop_all(self) -> None:
        for name in reversed(list(self._running)):
            self.stop(name)

    def log(self, name: str) -> Path:
        return self.folder / f"{name}.log"

    def said(self, name: str) -> list[str]:
        return self.log(name).read_text(errors="replace").splitlines()

    def check_all_run(self) -> None:
        for name, process in self._running.items():
            if process.poll() is not None:
                raise Ended("\n".join([f"{name} ended with {process.returncode}:", *self.said(name)[-20:]]))

    def until(self, what: str, holds: Any) -> None:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            self.check_all_run()
            try:
                if holds():
                    return
            except (OSError, HTTPException):
                pass
            time.sleep(0.1)
        last = [line for name in self._running for line in (f"--- {name}", *self.said(name)[-10:])]
        raise Ended("\n".join([f"Not so in {PATIENCE:.0f} s: {what}", *last]))

    def line(self) -> HTTPConnection:
        """A connection to the proxy; its certificate is checked."""
        if self.address.startswith("http:"):
            return HTTPConnection("localhost", self.port, timeout=30)
        return HTTPSConnection("localhost", self.port, timeout=30, context=self.trust())

    def beside(self, host: str) -> HTTPConnection:
        """A connection past the proxy, to one web process, by a name that it answers to."""
        line = HTTPConnection("localhost", self.web_port, timeout=30)
        line.sock = self.socket_beside(host)
        return line

    def socket_beside(self, host: str) -> socket.socket:
        return socket.create_connection((host, self.web_port), timeout=30)

    def trust(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self.folder / "proxy/caddy/pki/authorities/local/root.crt")

    def wait_until_ready(self) -> None:
        self.until("the controller runs", lambda: "The controller runs." in self.said("controller"))
        for host in WEB.values():
            self.until(f"{host} is ready", lambda host=host: status(self.beside(host)) == 200)
        self.until("the proxy answers", lambda: status(self.line()) == 200)


def status(line: HTTPConnection, path: str = "/readyz") -> int:
    try:
        line.request("GET", path)
        return line.getresponse().status
    finally:
        line.close()


def a_free_port(*hosts: str) -> int:
    """One that is free at each of these addresses."""
    while True:
        with ExitStack() as held:
            first = held.enter_context(socket.create_server((hosts[0], 0)))
            port = int(first.getsockname()[1])
            try:
                for host in hosts[1:]:
                    held.enter_context(socket.create_server((host, port)))
            except OSError:
                continue
            return port
