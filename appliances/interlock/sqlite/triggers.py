"""The interlock of a SQLite database: name -> the exact SQL of every trigger, and of the index that its sums read.

SQLite runs row triggers at once, row by row. INSERT OR IGNORE/REPLACE/FAIL overrides how a constraint inside a
trigger behaves, so nothing here leans on a CHECK: what must not be is refused with RAISE(ABORT), which undoes the
whole statement, before any UPDATE. REPLACE deletes rows without a delete trigger, so an id that another home has
is refused beforehand, and the loads of the whole home are put right after every row.
"""

# ruff: noqa: S608 (put together from constants of this file only)

from appliances.balancer import units


def _above(circuit: str) -> str:
    """The circuit itself and everything that feeds it."""
    return f"""WITH RECURSIVE above(id) AS (
      SELECT {circuit}
      UNION
      SELECT c.parent_id FROM above JOIN appliances_circuit c ON c.id = above.id WHERE c.parent_id IS NOT NULL
    )"""


# What a sum costs is to grow with what is on, not with all there is. It holds all that the sums ask for, so that none
# touches the table. SQLite takes it only where a query says `is_on`, word for word.
INDEXES = {
    "voltsafe_on": (
        "CREATE INDEX voltsafe_on ON appliances_appliance (home_id, circuit_id, is_on, rated_mw) WHERE is_on"
    )
}


def _carried(circuit: str) -> str:
    """The milliwatts switched on at a circuit, a row of that name, and below it: at each first, then all together."""
    return f"""(
    WITH RECURSIVE below(id) AS (
      SELECT {circuit}.id
      UNION
      SELECT c.id FROM below JOIN appliances_circuit c ON c.parent_id = below.id
    )
    SELECT COALESCE(SUM((
      SELECT SUM(a.rated_mw) FROM appliances_appliance a
      WHERE a.home_id = {circuit}.home_id AND a.circuit_id = below.id AND a.is_on
    )), 0) FROM below
  )"""


def _refuse(message: str, when: str) -> str:
    return f"  SELECT RAISE(ABORT, 'voltsafe: {message}') WHERE {when};"


def _refuse_overload(circuit: str, when: str = "1") -> str:
    """Of the circuit and whatever feeds it: no other can carry more than before."""
    return _refuse(
        "overload",
        f"""({when}) AND EXISTS (
    {_above(circuit)}
    SELECT 1 FROM above JOIN appliances_circuit top ON top.id = above.id
    WHERE top.limit_mw < {_carried("top")}
  )""",
    )


def _refuse_unfed(home: str, when: str = "1") -> str:
    """A load that hangs below no main circuit would be counted nowhere."""
    return _refuse(
        "an appliance is on that no main circuit feeds",
        f"""({when}) AND EXISTS (
    SELECT 1 FROM appliances_appliance a WHERE a.home_id = {home} AND a.is_on AND a.circuit_id NOT IN (
      WITH RECURSIVE fed(id) AS (
        SELECT id FROM appliances_circuit WHERE home_id = {home} AND parent_id IS NULL
        UNION
        SELECT c.id FROM fed JOIN appliances_circuit c ON c.parent_id = fed.id
      )
      SELECT id FROM fed
    )
  )""",
    )


def _repair_home(home: str) -> str:
    """Every load of a home in one pass: what is on at a circuit climbs to whatever feeds it."""
    return f"""  UPDATE appliances_circuit SET load_mw = now.mw FROM (
    WITH RECURSIVE climb(origin, id, mw) AS (
      SELECT a.circuit_id, a.circuit_id, SUM(a.rated_mw)
      FROM appliances_appliance a WHERE a.home_id = {home} AND a.is_on GROUP BY a.circuit_id
      UNION
      SELECT climb.origin, c.parent_id, climb.mw
      FROM climb JOIN appliances_circuit c ON c.id = climb.id WHERE c.parent_id IS NOT NULL
    )
    SELECT id, SUM(mw) AS mw FROM (
      SELECT id, 0 AS mw FROM appliances_circuit WHERE home_id = {home} UNION ALL SELECT id, mw FROM climb
    ) GROUP BY id
  ) AS now WHERE appliances_circuit.id = now.id AND load_mw IS NOT now.mw;"""


def _repair(rows: str) -> str:
    carried = _carried("appliances_circuit")
    return f"""  UPDATE appliances_circuit SET load_mw = {carried}
  WHERE {rows} AND load_mw IS NOT {carried};"""


_ROW_ID = _refuse("an id is a whole number from 1", "NEW.id < 1")
_FIXED = _refuse("id and home are fixed once written", "NEW.id IS NOT OLD.id OR NEW.home_id IS NOT OLD.home_id")


def _id_is_free(table: str, noun: str) -> str:
    return _refuse(
        f"this id belongs to {noun} of another home",
        f"EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id AND home_id IS NOT NEW.home_id)",
    )


_NUMBERS_OF_APPLIANCE = "\n".join(
    [
        _refuse(
            "rated power is whole milliwatts, more than 0 and at most 1 GW",
            f"typeof(NEW.rated_mw) <> 'integer' OR NEW.rated_mw NOT BETWEEN 1 AND {units.MOST_MW}",
        ),
        _refuse("is_on is 0 or 1", "typeof(NEW.is_on) <> 'integer' OR NEW.is_on NOT IN (0, 1)"),
    ]
)
_NUMBERS_OF_CIRCUIT = _refuse(
    "a limit is whole milliwatts, from 0 to 1 GW",
    f"typeof(NEW.limit_mw) <> 'integer' OR NEW.limit_mw NOT BETWEEN 0 AND {units.MOST_MW}",
)
_CIRCUIT_IN_HOME = "NOT EXISTS (SELECT 1 FROM appliances_circuit WHERE id = NEW.circuit_id AND home_id IS NEW.home_id)"
_DRAWS_MORE = "NEW.is_on AND (NOT OLD.is_on OR NEW.rated_mw > OLD.rated_mw OR NEW.circuit_id IS NOT OLD.circuit_id)"
_OWN_HOME = "an appliance belongs on a circuit of its own home"
# A repaired load changes nothing else. Every column of a unique index has to be named here: only a change of one of
# those can make UPDATE OR REPLACE delete another circuit.
_MORE_THAN_ITS_LOAD = """NEW.id IS NOT OLD.id OR NEW.home_id IS NOT OLD.home_id
  OR NEW.parent_id IS NOT OLD.parent_id OR NEW.name IS NOT OLD.name OR NEW.limit_mw IS NOT OLD.limit_mw"""
_TREE_OF_ONE_HOME = "\n".join(
    [
        _refuse(
            "a circuit, what feeds it and what it feeds are of one home",
            """EXISTS (
    SELECT 1 FROM appliances_circuit WHERE (id = NEW.parent_id OR parent_id = NEW.id) AND home_id IS NOT NEW.home_id
  ) OR EXISTS (SELECT 1 FROM appliances_appliance WHERE circuit_id = NEW.id AND home_id IS NOT NEW.home_id)""",
        ),
        _refuse(
            "a circuit cannot be fed from itself",
            f"EXISTS ({_above('NEW.parent_id')} SELECT 1 FROM above WHERE id = NEW.id)",
        ),
    ]
)

_REVISION = "CASE WHEN OLD.home_id IS NULL THEN OLD.id ELSE OLD.revision END"
_COVERED = f"""EXISTS (
    SELECT 1 FROM appliances_checkpoint c
    WHERE COALESCE(c.home_id, 0) = COALESCE(OLD.home_id, 0) AND c.up_to >= {_REVISION}
  )"""


def _of_its_home(compared: str, more: str = "1") -> str:
    """Decisions of the home of a checkpoint whose number compares so with the one it stands at."""
    return f"""SELECT 1 FROM appliances_decision d WHERE {more} AND (
      (d.home_id = NEW.home_id AND d.revision {compared} NEW.up_to)
      OR (NEW.home_id IS NULL AND d.home_id IS NULL AND d.id {compared} NEW.up_to)
    )"""


# What it stands on stays: no checkpoint covers a decision that is newer than itself.
_STANDS_IN_THE_RECORD = _refuse(
    "a checkpoint stands at a decision of its home, which is not the newest",
    f"""typeof(NEW.up_to) <> 'integer' OR NOT EXISTS (
    {_of_its_home("=", "d.at = NEW.at")}
  ) OR NOT EXISTS (
    {_of_its_home(">")}
  )""",
)


def _trigger(when: str, *steps: str) -> str:
    return "\n".join([f"{when} BEGIN", *steps, "END"])


_BODIES = {
    "voltsafe_appliance_before_insert": _trigger(
        "BEFORE INSERT ON appliances_appliance", _id_is_free("appliances_appliance", "an appliance")
    ),
    "voltsafe_appliance_after_insert": _trigger(
        "AFTER INSERT ON appliances_appliance",
        _ROW_ID,
        _NUMBERS_OF_APPLIANCE,
        _refuse(_OWN_HOME, _CIRCUIT_IN_HOME),
        _refuse_overload("NEW.circuit_id", "NEW.is_on"),
        _refuse_unfed("NEW.home_id", "NEW.is_on"),
        _repair_home("NEW.home_id"),
    ),
    "voltsafe_appliance_after_update": _trigger(
        "AFTER UPDATE ON appliances_appliance",
        _FIXED,
        _NUMBERS_OF_APPLIANCE,
        _refuse(_OWN_HOME, f"NEW.circuit_id IS NOT OLD.circuit_id AND {_CIRCUIT_IN_HOME}"),
        _refuse_overload("NEW.circuit_id", _DRAWS_MORE),
        _refuse_unfed("NEW.home_id", _DRAWS_MORE),
        _repair_home("NEW.home_id"),
    ),
    "voltsafe_appliance_after_delete": _trigger(
        "AFTER DELETE ON appliances_appliance WHEN OLD.is_on", _repair_home("OLD.home_id")
    ),
    "voltsafe_circuit_before_insert": _trigger(
        "BEFORE INSERT ON appliances_circuit", _id_is_free("appliances_circuit", "a circuit")
    ),
    "voltsafe_circuit_after_insert": _trigger(
        "AFTER INSERT ON appliances_circuit",
        _ROW_ID,
        _NUMBERS_OF_CIRCUIT,
        _TREE_OF_ONE_HOME,
        _refuse_overload("NEW.id"),
        _refuse_unfed("NEW.home_id"),
        _repair_home("NEW.home_id"),
    ),
    "voltsafe_circuit_after_update": _trigger(
        f"AFTER UPDATE ON appliances_circuit WHEN {_MORE_THAN_ITS_LOAD}",
        _FIXED,
        _NUMBERS_OF_CIRCUIT,
        _TREE_OF_ONE_HOME,
        _refuse_overload("NEW.id", "NEW.limit_mw < OLD.limit_mw OR NEW.parent_id IS NOT OLD.parent_id"),
        _refuse_unfed("NEW.home_id"),
        _repair_home("NEW.home_id"),
    ),
    "voltsafe_circuit_load_is_derived": _trigger(
        "AFTER UPDATE ON appliances_circuit WHEN NEW.load_mw IS NOT OLD.load_mw", _repair("id = NEW.id")
    ),
    "voltsafe_circuit_after_delete": _trigger("AFTER DELETE ON appliances_circuit", _refuse_unfed("OLD.home_id")),
    "voltsafe_decision_before_insert": _trigger(
        "BEFORE INSERT ON appliances_decision",
        _refuse(
            "this decision is on record already",
            """EXISTS (
    SELECT 1 FROM appliances_decision WHERE id = NEW.id OR (home_id = NEW.home_id AND revision = NEW.revision)
  )""",
        ),
    ),
    "voltsafe_decision_after_insert": _trigger("AFTER INSERT ON appliances_decision", _ROW_ID),
    "voltsafe_decision_before_update": _trigger(
        "BEFORE UPDATE ON appliances_decision", _refuse("decisions are never changed", "1")
    ),
    "voltsafe_decision_before_delete": _trigger(
        "BEFORE DELETE ON appliances_decision",
        _refuse("a decision that no checkpoint covers is never deleted", f"NOT {_COVERED}"),
    ),
    "voltsafe_checkpoint_before_insert": _trigger(
        "BEFORE INSERT ON appliances_checkpoint",
        _refuse(
            "this home has a checkpoint already",
            """EXISTS (
    SELECT 1 FROM appliances_checkpoint WHERE id = NEW.id OR COALESCE(home_id, 0) = COALESCE(NEW.home_id, 0)
  )""",
        ),
    ),
    "voltsafe_checkpoint_after_insert": _trigger(
        "AFTER INSERT ON appliances_checkpoint", _ROW_ID, _STANDS_IN_THE_RECORD
    ),
    "voltsafe_checkpoint_after_update": _trigger(
        "AFTER UPDATE ON appliances_checkpoint",
        _FIXED,
        _refuse("a checkpoint only moves forward", "NEW.up_to <= OLD.up_to"),
        _STANDS_IN_THE_RECORD,
    ),
    "voltsafe_checkpoint_before_delete": _trigger(
        "BEFORE DELETE ON appliances_checkpoint", _refuse("checkpoints are never deleted", "1")
    ),
}

TRIGGERS = {name: f"CREATE TRIGGER {name} {body}" for name, body in _BODIES.items()}
REPAIR_ALL_LOADS = _repair("1")
