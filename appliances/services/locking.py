"""The locks a turn begins with. SQLite's transaction is the only writer anyway."""

from contextlib import nullcontext
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from appliances.models import Home
from appliances.models.prepared import Prepared
from appliances.services import known
from appliances.services.outcome import Missing
from appliances.telemetry import figures


def locked(home_id: int) -> Home:
    """The home as it is once nobody else holds it; on PostgreSQL with its mark. Raises Missing."""
    with figures.lock_wait.timed() if connection.vendor == "postgresql" else nullcontext():
        home = HOME.first(home_id)
    if home is None:
        raise Missing("There is no such home.")
    known.forget_other_lineages(home)
    return home


def _home(pk: int) -> "QuerySet[Any]":
    asked = Home.objects.select_for_update(no_key=True).filter(pk=pk)
    # So spelled because the model has the name.
    return asked.annotate(**{"mark": known.MARK}) if connection.vendor == "postgresql" else asked  # noqa: PIE804


HOME = Prepared[Home](_home, int)


def lock_new_homes() -> None:
    """For a step that makes a home: there is no row to lock yet."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('voltsafe new homes'))")
