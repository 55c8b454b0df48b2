"""The whole examination; it comes to its end whatever is broken."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from functools import partial

from django.db import DatabaseError

from appliances.services.doctor import backup, configuration, database, running
from appliances.services.doctor.finding import Finding, State, first_line, warning, wrong

Check = tuple[str, Callable[[], Iterable[Finding]]]


def examine(now: datetime) -> list[Finding]:
    found = list(_each(_of_this_machine()))
    reached = list(_each([("database", database.database)]))
    found += reached
    is_reached = reached[0].state is not State.WRONG or len(reached) > 1
    for name, check in _in_the_database(now):
        # One cause, named once: what cannot be looked at for it is not called broken as well.
        unseen = warning(name, "Not looked at, since the database cannot be.", "See to the database first.")
        found += _each([(name, check)]) if is_reached else [unseen]
    return found


def _of_this_machine() -> list[Check]:
    return [
        ("address", configuration.address),
        ("proxies", configuration.proxies),
        ("debug", configuration.debug),
        ("secret key", configuration.secret_key),
        ("data folder", configuration.data_folder),
        ("disk", running.disk),
        ("channel layer", running.channel_layer),
    ]


def _in_the_database(now: datetime) -> list[Check]:
    return [
        ("migrations", database.migrations),
        ("interlock", database.interlock),
        ("backup", partial(backup.backup, now)),
        ("record", database.record),
        ("controller", partial(running.controller, now)),
        ("clock", partial(running.clock, now)),
        ("overload", partial(running.overloads, now)),
    ]


def _each(checks: Iterable[Check]) -> Iterator[Finding]:
    for name, check in checks:
        try:
            yield from check()
        except DatabaseError as why:
            yield wrong(name, f"The database says: {first_line(why)}", "See to the database, or run manage.py migrate.")
        except Exception as why:  # an examination that stops at the first ill is none
            yield wrong(name, f"Could not be looked at: {first_line(why)}", "See whether it runs and can be reached.")
