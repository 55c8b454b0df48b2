"""One home in one process: what a toggle costs, and how long a push takes to reach everybody.

`python benchmarks/one_home.py` starts its own server on loopback, about 30 s. The controls, in the same run: a request
that does nothing (/healthz) for the toggles, and one socket for the hundred.
"""

import asyncio
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import websockets

ROOT = Path(__file__).resolve().parents[1]
CLIENTS, SECONDS, SOCKETS, PUSHES = 50, 6.0, 100, 20
OWNER = {"VOLTSAFE_OWNER": "bench", "VOLTSAFE_OWNER_PASSWORD": "a phrase for the bench"}


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        home = {"VOLTSAFE_DATA_DIR": folder, "PORT": str(port), "VOLTSAFE_SAMPLE_HOME": "1", **OWNER}
        environment = {"PATH": os.environ["PATH"], **home}
        command = [sys.executable, "manage.py", "serve"]
        server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
        try:
            _wait(port)
            made = [sys.executable, "manage.py", "token", "bench"]
            token = subprocess.run(made, cwd=ROOT, env=environment, check=True, capture_output=True, text=True)
            _measure(port, token.stdout.strip(), server.pid)
        finally:
            server.terminate()
            server.wait(20)


def _measure(port: int, token: str, pid: int) -> None:
    asked = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    idle = _load(port, pid, lambda line, _n: _get(line, "/healthz", {}))
    toggles = _load(port, pid, lambda line, n: _toggle(line, asked, 12 + n % 3, on=n % 2 == 0))
    print(f"{'':24}{'per s':>8}{'CPU ms':>9}{'p50 ms':>9}{'p99 ms':>9}   at {CLIENTS} clients")
    for name, found in (("control: /healthz", idle), ("toggle", toggles)):
        print(f"{name:24}{found[0]:8.0f}{found[1]:9.2f}{found[2]:9.1f}{found[3]:9.1f}")
    print(f"{'toggle / control':24}{toggles[0] / idle[0]:8.2f}{toggles[1] / idle[1]:9.2f}")
    one = asyncio.run(_pushes(port, asked, 1))
    many = asyncio.run(_pushes(port, asked, SOCKETS))
    print(
        f"push, toggle to last receipt: 1 socket {one:.1f} ms, {SOCKETS} sockets {many:.1f} ms, ratio {many / one:.2f}"
    )


def _load(port: int, pid: int, ask: Any) -> tuple[float, float, float, float]:
    """Requests a second, server CPU milliseconds each, median and 99th percentile of milliseconds."""
    until = time.monotonic() + SECONDS

    def client(number: int) -> list[float]:
        line = HTTPConnection("127.0.0.1", port, timeout=30)
        took, asked = [], number
        while (began := time.monotonic()) < until:
            ask(line, asked)
            asked += 1
            took.append((time.monotonic() - began) * 1000)
        return took

    before = _cpu_seconds(pid)
    with ThreadPoolExecutor(CLIENTS) as pool:
        took = [one for lot in pool.map(client, range(CLIENTS)) for one in lot]
    cpu = _cpu_seconds(pid) - before
    return len(took) / SECONDS, cpu * 1000 / len(took), median(took), quantiles(took, n=100)[-1]


async def _pushes(port: int, asked: dict[str, str], sockets: int) -> float:
    """Milliseconds from the POST to the last receipt, the median of PUSHES toggles."""
    address = f"ws://127.0.0.1:{port}/ws/homes/home/"
    headers = {"Authorization": asked["Authorization"]}
    opened = [await websockets.connect(address, additional_headers=headers) for _ in range(sockets)]
    for one in opened:
        await one.recv()
    line, took = HTTPConnection("127.0.0.1", port, timeout=30), []
    for n in range(PUSHES):
        await asyncio.sleep(0.1)
        began = time.monotonic()
        told = asyncio.gather(*[_told(one) for one in opened])
        await asyncio.to_thread(_toggle, line, asked, 12, on=n % 2 == 0)
        await told
        took.append((time.monotonic() - began) * 1000)
    for one in opened:
        await one.close()
    return median(took)


async def _told(one: Any) -> None:
    while "heartbeat" in str(await one.recv())[:200]:
        pass


def _toggle(line: HTTPConnection, headers: dict[str, str], appliance: int, *, on: bool) -> None:
    line.request("POST", f"/api/v1/appliances/{appliance}/toggle", json.dumps({"is_on": on}), headers)
    answer = line.getresponse()
    body = answer.read()
    assert answer.status == 200, body


def _get(line: HTTPConnection, path: str, headers: dict[str, str]) -> None:
    line.request("GET", path, headers=headers)
    line.getresponse().read()


def _cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _wait(port: int) -> None:
    for _ in range(600):
        try:
            line = HTTPConnection("127.0.0.1", port, timeout=2)
            line.request("GET", "/healthz")
            if re.match(b"ok", line.getresponse().read()):
                return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("the server did not start")


if __name__ == "__main__":
    main()
