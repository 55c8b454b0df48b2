"""Puts the functions and triggers into a PostgreSQL database, takes them out, and compares."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.backends.utils import CursorWrapper

from appliances.interlock import tables
from appliances.interlock.postgresql.functions import FUNCTIONS, REPAIR_ALL_LOADS, Function
from appliances.interlock.postgresql.triggers import TRIGGERS, Trigger

# Bits of pg_trigger.tgtype (postgresql: src/include/catalog/pg_trigger.h)
_ROW, _BEFORE = 1, 2
_EVENTS = {"INSERT": 4, "DELETE": 8, "UPDATE": 16, "TRUNCATE": 32}


@dataclass(frozen=True)
class _Found:
    table: str
    function: str
    type: int
    enabled: str
    is_plain: bool


def create(cursor: CursorWrapper) -> None:
    schema = _schema(cursor)
    cursor.execute("LOCK TABLE appliances_circuit, appliances_appliance IN SHARE ROW EXCLUSIVE MODE")
    cursor.execute(REPAIR_ALL_LOADS)
    _check_foreign_keys(cursor)
    if list(_differences_of_column(cursor)):
        cursor.execute(f"ALTER TABLE appliances_home DROP COLUMN IF EXISTS {tables.MARK}")
        cursor.execute(f"ALTER TABLE appliances_home ADD COLUMN {tables.MARK} uuid NOT NULL DEFAULT gen_random_uuid()")
    for name, function in FUNCTIONS.items():
        cursor.execute(_function_sql(name, function, schema))
    for name, trigger in TRIGGERS.items():
        per = "STATEMENT" if "TRUNCATE" in trigger.when else "ROW"
        event = f"{trigger.when} ON {trigger.table} FOR EACH {per}"
        cursor.execute(f"CREATE TRIGGER {name} {event} EXECUTE FUNCTION {trigger.function}()")
        cursor.execute(f"ALTER TABLE {trigger.table} ENABLE ALWAYS TRIGGER {name}")


def drop(cursor: CursorWrapper) -> None:
    _check_foreign_keys(cursor)
    for name, found in _found_triggers(cursor).items():
        if name.startswith(tables.PREFIX):
            cursor.execute(f'DROP TRIGGER "{name}" ON "{found.table}"')
    cursor.execute(
        """
        SELECT p.oid::regprocedure::text FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
        WHERE quote_ident(n.nspname) = %s AND starts_with(p.proname, %s)
        """,
        [_schema(cursor), tables.PREFIX],
    )
    for (signature,) in cursor.fetchall():
        cursor.execute(f"DROP FUNCTION {signature}")


def drop_for_good(cursor: CursorWrapper) -> None:
    """With the column: made anew each time, it would fill a table, which has room for so many in its life."""
    drop(cursor)
    cursor.execute(f"ALTER TABLE IF EXISTS appliances_home DROP COLUMN IF EXISTS {tables.MARK}")


def differences(cursor: CursorWrapper) -> Iterator[str]:
    schema = _schema(cursor)
    yield from _differences_of_column(cursor)
    functions = _found_functions(cursor, schema)
    for name, function in FUNCTIONS.items():
        if name not in functions:
            yield f"function {name} is missing"
        elif functions[name] != [_function_row(function, schema)]:
            yield f"function {name} is not as installed"
    triggers = _found_triggers(cursor)
    for name, trigger in TRIGGERS.items():
        if name not in triggers:
            yield f"trigger {name} is missing"
        elif triggers[name].enabled != "A":
            yield f"trigger {name} is not always enabled"
        elif triggers[name] != _trigger_row(trigger):
            yield f"trigger {name} is not as installed"
    for name in sorted(triggers.keys() - TRIGGERS.keys()):
        yield f"trigger {name} on {triggers[name].table} is not ours"


def _differences_of_column(cursor: CursorWrapper) -> Iterator[str]:
    cursor.execute(
        """
        SELECT a.atttypid::regtype::text, a.attnotnull, pg_get_expr(d.adbin, d.adrelid)
        FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
        WHERE a.attrelid = to_regclass('appliances_home') AND a.attname = %s AND NOT a.attisdropped
        """,
        [tables.MARK],
    )
    found = cursor.fetchone()
    if found is None:
        yield f"column {tables.MARK} is missing"
    elif found != ("uuid", True, "gen_random_uuid()"):
        yield f"column {tables.MARK} is not as installed"


def _check_foreign_keys(cursor: CursorWrapper) -> None:
    """Those still to be checked would forbid touching the triggers of their tables."""
    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def _schema(cursor: CursorWrapper) -> str:
    """The schema our tables are in, quoted where it needs it."""
    cursor.execute(
        "SELECT quote_ident(n.nspname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE c.oid = to_regclass('appliances_circuit')"
    )
    row = cursor.fetchone()
    return str(row[0]) if row else "public"


def _search_path(schema: str) -> str:
    """Fixed, with temporary tables last: nobody's session can put another table in the place of ours."""
    return f"pg_catalog, {schema}, pg_temp"


def _function_sql(name: str, function: Function, schema: str) -> str:
    return (
        f"CREATE FUNCTION {schema}.{name}({function.arguments}) RETURNS {function.returns} "
        f"LANGUAGE plpgsql VOLATILE SET search_path TO {_search_path(schema)} AS $voltsafe${function.body}$voltsafe$"
    )


_FunctionRow = tuple[str, str, str, str, str, bool, tuple[str, ...]]


def _function_row(function: Function, schema: str) -> _FunctionRow:
    path = _search_path(schema)
    return (function.arguments, function.returns, "plpgsql", "v", function.body, False, (f"search_path={path}",))


def _found_functions(cursor: CursorWrapper, schema: str) -> dict[str, list[_FunctionRow]]:
    cursor.execute(
        """
        SELECT p.proname, pg_get_function_arguments(p.oid), pg_get_function_result(p.oid), l.lanname,
               p.provolatile::text, p.prosrc, p.prosecdef, p.proconfig
        FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang JOIN pg_namespace n ON n.oid = p.pronamespace
        WHERE quote_ident(n.nspname) = %s AND p.proname = ANY(%s)
        """,
        [schema, list(FUNCTIONS)],
    )
    found: dict[str, list[_FunctionRow]] = {}
    for name, *rest, config in cursor.fetchall():
        found.setdefault(name, []).append((*rest, tuple(config or ())))
    return found


def _trigger_row(trigger: Trigger) -> _Found:
    bits = sum(bit for event, bit in _EVENTS.items() if event in trigger.when)
    bits |= _BEFORE if trigger.when.startswith("BEFORE") else 0
    bits |= 0 if "TRUNCATE" in trigger.when else _ROW
    return _Found(trigger.table, trigger.function, bits, "A", is_plain=True)


def _found_triggers(cursor: CursorWrapper) -> dict[str, _Found]:
    """Every trigger on our tables but those of foreign keys."""
    cursor.execute(
        """
        SELECT t.tgname, c.relname, p.proname, t.tgtype, t.tgenabled::text,
               t.tgqual IS NULL AND t.tgnargs = 0 AND t.tgattr = ''::int2vector AND NOT t.tgdeferrable
                 AND p.pronamespace = c.relnamespace
        FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid
        WHERE NOT t.tgisinternal
          AND t.tgrelid IN (SELECT to_regclass(name) FROM unnest(%s::text[]) AS guarded(name))
        """,
        [[*tables.GUARDED, *tables.MARKED]],
    )
    return {name: _Found(*rest) for name, *rest in cursor.fetchall()}
