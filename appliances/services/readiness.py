"""Whether this process may serve: database, migrations, interlock, channel layer."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Any

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from appliances.interlock import guard
from appliances.services import heartbeat

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
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return OK


def _migrations() -> str:
    executor = MigrationExecutor(connection)
    return "run manage.py migrate" if executor.migration_plan(executor.loader.graph.leaf_nodes()) else OK


def _interlock() -> str:
    return "missing" if guard.differences(connection) else OK


def _channel_layer() -> str:
    async_to_sync(_round_trip)()
    return OK


async def _round_trip() -> None:
    layer = get_channel_layer()
    async with asyncio.timeout(2):
        channel = await layer.new_channel("ready")
        await layer.send(channel, {"type": "ready"})
        await layer.receive(channel)


CHECKS: dict[str, Callable[[], str]] = {
    "database": _database,
    "migrations": _migrations,
    "interlock": _interlock,
    "channel_layer": _channel_layer,
}
