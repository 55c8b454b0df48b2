"""A process that has loaded what is the same for everybody, and becomes whatever program of ours it is asked to be.

Loading it is most of what a start takes. Nothing of ours is loaded beforehand, nor anything that reads the settings:
that, the environment, the arguments and the folder are the child's own, as are its end and its exit code.
"""

import gc
import importlib
import json
import os
import runpy
import socket
import sys
from contextlib import suppress
from typing import Any

COMMON = (
    "autobahn.websocket.protocol",
    "brotli",
    "channels.layers",
    "channels_redis.core",
    "cryptography.hazmat.asn1",
    "django.contrib.messages",
    "django.contrib.staticfiles.finders",
    "django.core.handlers.asgi",
    "django.core.management",
    "django.db.backends.postgresql.base",
    "django.db.backends.sqlite3.base",
    "django.db.migrations.executor",
    "django.db.models",
    "django.shortcuts",
    "django.test",
    "django.views.generic",
    "environ",
    "fido2.server",
    "packaging.version",
    "psycopg",
    "pydantic.networks",
    "qrcode",
    "service_identity",
    "twisted.application.service",
    "twisted.internet.endpoints",
    "twisted.internet.posixbase",
    "twisted.internet.ssl",
    "twisted.web.http",
    "whitenoise.storage",
    "xml.dom.minidom",
)
REACTOR = "twisted.internet.reactor"
"""Has an event loop, and no two processes may wait at the same one."""


def serve(orders: socket.socket) -> None:
    """Children, as they are ordered; returns in each of them what it is to be, and nothing when there are no more."""
    while True:
        _let_go()
        message, handles, _flags, _from = socket.recv_fds(orders, 1 << 20, 4)
        if not message:
            return
        if not os.fork():
            orders.close()
            keep(json.loads(message), *handles)
            return
        for handle in handles:
            os.close(handle)


def _let_go() -> None:
    """Those that have ended, so that what they worked is counted to whoever ordered them."""
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def keep(order: dict[str, Any], line: int, *streams: int) -> None:
    """Has a child, tells of its number and of its end, and ends; returns in the child."""
    if child := os.fork():
        for stream in streams:
            os.close(stream)
        os.write(line, f"{child}\n".encode())
        _pid, status = os.waitpid(child, 0)
        os.write(line, f"{os.waitstatus_to_exitcode(status)}\n".encode())
        os._exit(0)
    os.close(line)
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    os.chdir(order["folder"])
    os.environ.clear()
    os.environ.update(order["environment"])
    become(order["arguments"])


def become(arguments: list[str]) -> None:
    """What `python` would with these: a script, `-m` a module, or `-c` a text."""
    how, *rest = arguments
    if how == "-c":
        sys.argv = ["-c", *rest[1:]]
        sys.path.insert(0, "")
        exec(compile(rest[0], "<string>", "exec"), {"__name__": "__main__"})
    elif how == "-m":
        sys.argv = [rest[0], *rest[1:]]
        sys.path.insert(0, "")
        runpy.run_module(rest[0], run_name="__main__", alter_sys=True)
    else:
        sys.argv = arguments
        sys.path.insert(0, os.path.dirname(os.path.abspath(how)))
        runpy.run_path(how, run_name="__main__")


if __name__ == "__main__":
    for name in COMMON:
        importlib.import_module(name)
    assert REACTOR not in sys.modules
    gc.collect()
    gc.freeze()
    sys.path.pop(0)
    serve(socket.socket(fileno=int(sys.argv[1])))
