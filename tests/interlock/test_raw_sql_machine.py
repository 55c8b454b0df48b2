"""Random programs of raw SQL against the interlock; after every statement the rows are judged without it.

`VOLTSAFE_EXAMPLES=20000` runs that many programs instead of a handful.
"""

import os
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, ClassVar

import psycopg
import pytest
from django.db import connection
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from tests.interlock import bench, house, raw_sql

EXAMPLES = int(os.environ.get("VOLTSAFE_EXAMPLES", "50" if raw_sql.ON_SQLITE else "40"))


class RawSql(RuleBasedStateMachine):
    start: ClassVar[Callable[[], bench.SQLiteBench | bench.PostgreSQLBench]]
    counted: ClassVar[Counter[str]] = Counter()

    def __init__(self) -> None:
        super().__init__()
        self.bench = type(self).start()
        self.look()
        self.counted["programs"] += 1

    def look(self) -> None:
        """From here on nothing of it may be lost."""
        self.record, self.checkpoints = self.bench.rows("decision"), self.bench.rows("checkpoint")

    def attempt(self, sql: str, values: list[Any] | tuple[Any, ...] = ()) -> None:
        try:
            self.bench.execute(sql, values)
        except self.bench.refusals as refusal:
            ours = str(refusal).startswith("voltsafe:")
            self.counted["refused by the interlock" if ours else "refused otherwise"] += 1
            if "OR ROLLBACK" in sql and not ours:
                self.look()
        else:
            self.counted["accepted"] += 1

    @rule(
        rows=st.lists(raw_sql.appliances, min_size=1, max_size=3),
        conflict=raw_sql.conflicts,
        then=raw_sql.appliance_upserts,
    )
    def insert_appliances(self, rows: list[house.Row], conflict: str, then: str) -> None:
        self._insert("appliance", rows, conflict, then)

    @rule(
        rows=st.lists(raw_sql.circuits, min_size=1, max_size=3),
        conflict=raw_sql.conflicts,
        then=raw_sql.circuit_upserts,
    )
    def insert_circuits(self, rows: list[house.Row], conflict: str, then: str) -> None:
        self._insert("circuit", rows, conflict, then)

    @rule(
        row=raw_sql.decisions,
        conflict=raw_sql.conflicts,
        then=st.sampled_from(["", "ON CONFLICT (id) DO UPDATE SET revision = 9"]),
    )
    def insert_decision(self, row: house.Row, conflict: str, then: str) -> None:
        self._insert("decision", [row], conflict, then)

    @rule(
        row=raw_sql.checkpoints,
        conflict=raw_sql.conflicts,
        then=st.sampled_from(["", "", "ON CONFLICT (id) DO UPDATE SET up_to = excluded.up_to"]),
    )
    def insert_checkpoint(self, row: house.Row, conflict: str, then: str) -> None:
        self._insert("checkpoint", [row], conflict, then)

    @rule(changes=raw_sql.checkpoint_changes, conflict=raw_sql.conflicts)
    def update_checkpoints(self, changes: dict[str, Any], conflict: str) -> None:
        sets, values = raw_sql.setting(changes)
        self.attempt(f"UPDATE {conflict} appliances_checkpoint SET {sets}", values)

    @rule()
    def cover_and_let_go(self) -> None:
        self.attempt(
            """INSERT INTO appliances_checkpoint (home_id, up_to, "at", state)
            SELECT home_id, revision, "at", '{}' FROM appliances_decision WHERE id = 1"""
        )
        self.attempt(
            """DELETE FROM appliances_decision WHERE EXISTS (
              SELECT 1 FROM appliances_checkpoint c
              WHERE c.home_id = appliances_decision.home_id AND c.up_to >= revision
            )"""
        )

    def _insert(self, table: str, rows: list[house.Row], conflict: str, then: str) -> None:
        with_ids = [row for row in rows if row["id"] is not None]
        self.attempt(*house.insert(table, *(with_ids or rows), verb=f"INSERT {conflict}", then=then))

    @rule(changes=raw_sql.appliance_changes, where=raw_sql.wheres | st.just("WHERE is_on"), conflict=raw_sql.conflicts)
    def update_appliances(self, changes: dict[str, Any], where: str, conflict: str) -> None:
        sets, values = raw_sql.setting(changes)
        self.attempt(f"UPDATE {conflict} appliances_appliance SET {sets} {where}", values)

    @rule(pk=raw_sql.appliance_ids, mw=raw_sql.whole, on=st.booleans())
    def switch(self, pk: int, mw: int, on: bool) -> None:
        self.attempt("UPDATE appliances_appliance SET is_on = %s, rated_mw = %s WHERE id = %s", [on, mw, pk])

    @rule(
        changes=raw_sql.circuit_changes,
        where=raw_sql.wheres | st.just("WHERE parent_id IS NULL"),
        conflict=raw_sql.conflicts,
    )
    def update_circuits(self, changes: dict[str, Any], where: str, conflict: str) -> None:
        sets, values = raw_sql.setting(changes)
        self.attempt(f"UPDATE {conflict} appliances_circuit SET {sets} {where}", values)

    @rule(
        table=st.sampled_from(["appliance", "appliance", "circuit", "decision", "checkpoint", "home"]),
        where=raw_sql.wheres,
    )
    def delete(self, table: str, where: str) -> None:
        self.attempt(f"DELETE FROM appliances_{table} {where.replace('home_id', 'id') if table == 'home' else where}")

    @rule(old=raw_sql.circuit_ids, new=raw_sql.circuit_ids)
    def move_everything(self, old: int, new: int) -> None:
        self.attempt("UPDATE appliances_appliance SET circuit_id = %s WHERE circuit_id = %s", [new, old])

    @rule(conflict=raw_sql.conflicts)
    def copy_rows_onto_others(self, conflict: str) -> None:
        self.attempt(
            f"""INSERT {conflict} INTO appliances_appliance
            (id, home_id, circuit_id, name, kind, rated_mw, is_on, priority, note, created_at)
            SELECT id + 1, home_id, circuit_id, name || '+', kind, rated_mw, true, priority, note, created_at
            FROM appliances_appliance"""
        )

    @rule(one=raw_sql.appliance_ids, other=raw_sql.appliance_ids)
    def swap_in_one_statement(self, one: int, other: int) -> None:
        self.attempt("UPDATE appliances_appliance SET is_on = (id = %s) WHERE id IN (%s, %s)", [one, one, other])

    @rule(pk=raw_sql.homes, conflict=raw_sql.conflicts)
    def rename_home(self, pk: int, conflict: str) -> None:
        self.attempt(f"UPDATE {conflict} appliances_home SET slug = 'home-1' WHERE id = %s", [pk])

    @rule(what=st.sampled_from(["SAVEPOINT a", "SAVEPOINT a", "RELEASE a"]))
    def savepoint(self, what: str) -> None:
        self.attempt(what)

    @rule()
    def roll_back(self) -> None:
        self.attempt("ROLLBACK TO a")
        self.look()

    @invariant()
    def every_rule_holds(self) -> None:
        assert house.broken_rules_of(self.bench.rows("circuit"), self.bench.rows("appliance")) == []

    @invariant()
    def no_decision_is_changed_and_none_is_lost_but_what_a_checkpoint_covers(self) -> None:
        before, stood = self.record, self.checkpoints
        self.look()
        assert {pk: row for pk, row in before.items() if pk in self.record and self.record[pk] != row} == {}
        covered = {row["home_id"]: row["up_to"] for row in self.checkpoints.values()}
        lost = [row for pk, row in before.items() if pk not in self.record]
        assert [row for row in lost if row["revision"] > covered.get(row["home_id"], 0)] == []
        for home_id, up_to in covered.items():
            assert any(row["home_id"] == home_id and row["revision"] > up_to for row in self.record.values())
        assert all(covered[row["home_id"]] >= row["up_to"] for row in stood.values())
        self.counted["let go"] += len(lost)

    def teardown(self) -> None:
        self.bench.close()


class RawSqlOnSQLite(RawSql):
    @rule(
        pragma=st.sampled_from(
            ["ignore_check_constraints", "foreign_keys", "recursive_triggers", "defer_foreign_keys"]
        ),
        on=st.sampled_from(["ON", "OFF"]),
    )
    def pragma(self, pragma: str, on: str) -> None:
        self.attempt(f"PRAGMA {pragma} = {on}")

    @initialize(
        off=st.sets(st.sampled_from(["foreign_keys = OFF", "recursive_triggers = ON", "ignore_check_constraints = ON"]))
    )
    def pragmas_first(self, off: set[str]) -> None:
        for one in sorted(off):
            self.attempt(f"PRAGMA {one}")

    @rule(what=st.sampled_from(["BEGIN", "BEGIN IMMEDIATE", "COMMIT"]))
    def transaction(self, what: str) -> None:
        self.attempt(what)

    @rule()
    def roll_all_back(self) -> None:
        self.attempt("ROLLBACK")
        self.look()


class RawSqlOnPostgreSQL(RawSql):
    @rule(what=st.sampled_from(["IMMEDIATE", "DEFERRED"]))
    def constraints(self, what: str) -> None:
        self.attempt(f"SET CONSTRAINTS ALL {what}")

    @rule(role=st.sampled_from(["replica", "origin", "local"]))
    def replication(self, role: str) -> None:
        self.attempt(f"SET LOCAL session_replication_role = {role}")

    @rule(
        table=st.sampled_from(["appliance", "circuit", "decision", "checkpoint", "home"]),
        cascade=st.sampled_from(["", "CASCADE"]),
    )
    def truncate(self, table: str, cascade: str) -> None:
        self.attempt(f"TRUNCATE appliances_{table} {cascade}")

    @rule(changes=raw_sql.appliance_changes, where=raw_sql.wheres, mw=raw_sql.whole, pk=raw_sql.circuit_ids)
    def write_inside_a_query(self, changes: dict[str, Any], where: str, mw: int, pk: int) -> None:
        sets, values = raw_sql.setting(changes)
        self.attempt(
            f"""WITH changed AS (UPDATE appliances_appliance SET {sets} {where} RETURNING id),
            gone AS (DELETE FROM appliances_appliance WHERE id = %s)
            UPDATE appliances_circuit SET load_mw = 0, limit_mw = %s WHERE id = %s""",
            [*values, pk, mw, pk],
        )

    @rule(row=raw_sql.appliances, on=st.booleans())
    def merge(self, row: house.Row, on: bool) -> None:
        pk = row["id"] or 50
        self.attempt(
            """MERGE INTO appliances_appliance a USING (SELECT %s::bigint AS id) wanted ON a.id = wanted.id
            WHEN MATCHED AND a.is_on THEN DELETE
            WHEN MATCHED THEN UPDATE SET is_on = %s, circuit_id = %s
            WHEN NOT MATCHED THEN
              INSERT (id, name, home_id, circuit_id, rated_mw, is_on, kind, priority, note, created_at)
              VALUES (%s, %s, %s, %s, %s, %s, 'other', 5, '', now())""",
            [pk, on, row["circuit_id"], pk, row["name"], row["home_id"], row["circuit_id"], row["rated_mw"], on],
        )


@pytest.fixture
def machine(db: None) -> Iterator[type[RawSql]]:
    if raw_sql.ON_SQLITE:
        template = bench.sqlite_template()
        RawSqlOnSQLite.start = lambda: bench.SQLiteBench(template)
        yield RawSqlOnSQLite
        return
    parameters = connection.get_connection_params()
    with psycopg.connect(**{name: parameters[name] for name in ("dbname", "user", "host", "port")}) as postgresql:
        RawSqlOnPostgreSQL.start = lambda: bench.PostgreSQLBench(postgresql)
        yield RawSqlOnPostgreSQL


@pytest.mark.timeout(0)
def test_no_program_of_raw_sql_breaks_a_rule(machine: type[RawSql]) -> None:
    machine.counted.clear()
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=30,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert machine.counted["accepted"] > machine.counted["programs"]
    assert machine.counted["refused by the interlock"] > machine.counted["programs"]
    assert machine.counted["let go"] > 0
    if EXAMPLES > 1000:
        sys.stdout.write(f"{dict(machine.counted)}\n")
