"""What the dashboard costs the wire: its page and every file it names, as a browser asks for them."""

import re
import tempfile
from http.client import HTTPConnection
from typing import Any

from benchmarks import servers
from benchmarks.reads import sign_in
from benchmarks.servers import Server

FILE = re.compile(r'(?:src|href)="(/static/[^"#]+)')


def run() -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder, servers.voltsafe(folder) as server:
        cookie, page = sign_in(server), "/homes/home/"
        files = sorted(set(FILE.findall(_fetch(server, page, cookie, "identity").decode())))
        rows = {name: _row(server, name, cookie) for name in (page, *files)}
    rows["all"] = {column: sum(row[column] for row in rows.values()) for column in ("kib", "kib_sent")}
    return {"dashboard, 14 appliances": rows}


def _row(server: Server, path: str, cookie: str) -> dict[str, float]:
    whole, sent = (len(_fetch(server, path, cookie, encoding)) for encoding in ("identity", "gzip, deflate, br"))
    return {"kib": whole / 1024, "kib_sent": sent / 1024}


def _fetch(server: Server, path: str, cookie: str, encoding: str) -> bytes:
    line = HTTPConnection("127.0.0.1", server.port, timeout=30)
    line.request("GET", path, headers={"Cookie": cookie, "Accept-Encoding": encoding})
    answer = line.getresponse()
    body = answer.read()
    assert answer.status == 200, (path, answer.status)
    return body
