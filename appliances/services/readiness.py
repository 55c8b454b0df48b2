"""Whether this process may serve: database, migrations, interlock, writing, channel layer."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import DatabaseError, connection

from appliances import events
from appliances.interlock import guard
from appliances.services import heartbeat, probing

OK = "ok"


def checks() -> dict[str, str]:
    """Every check by its name: "ok", or what is wrong in a few words that give nothing away."""
    return {name: _said(check) for name, check in CHECKS.items()}


def controller(now: datetime) -> dict[str, Any]:
    """When a controller last ran, and whether that is too long ago."""
    try:
        last = heartbeat.last_run()
    except DatabaseError as why:
        return {"ran_at": None, "late": True, "said": type(why).__name__}
    late = heartbeat.is_late(last, now)
    said = OK if not late else "no controller runs: nothing waiting starts, nothing is shed or comes back"
    return {"ran_at": last.isoformat() if last else None, "late": late, "said": said}


def _said(check: Callable[[], str]) -> str:
    try:
        return check()
    except Exception as why:  # a health check answers, whatever went wrong
        return type(why).__name__


def _database() -> str:
    probing.database()
    return OK


def _migrations() -> str:
    newer, missing = probing.migrations()
    return "run manage.py migrate" if missing else "written by a newer version" if newer else OK


def _interlock() -> str:
    return "missing" if guard.differences(connection) else OK


def _writing() -> str:
    return probing.writing() or OK


def _channel_layer() -> str:
    events.round_trip()
    return OK


CHECKS: dict[str, Callable[[], str]] = {
    "database": _database,
    "migrations": _migrations,
    "interlock": _interlock,
    "writing": _writing,
    "channel_layer": _channel_layer,
}
