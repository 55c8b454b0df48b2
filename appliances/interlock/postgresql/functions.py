"""The interlock of a PostgreSQL database, the functions: name -> their exact SQL.

The home is locked before anything is summed: otherwise two sessions would both see the old sum.
"""

# ruff: noqa: S608 (put together from constants of this file only)

from dataclasses import dataclass

from appliances.balancer import units
from appliances.interlock import tables

_CARRIED = """WITH RECURSIVE
    plugged AS (
      SELECT circuit_id, SUM(rated_mw) AS mw FROM appliances_appliance WHERE {homes} AND is_on GROUP BY circuit_id
    ),
    climb(origin, id, mw) AS (
      SELECT circuit_id, circuit_id, mw FROM plugged
      UNION
      SELECT climb.origin, c.parent_id, climb.mw
      FROM climb JOIN appliances_circuit c ON c.id = climb.id WHERE c.{homes} AND c.parent_id IS NOT NULL
    ),
    carried AS (
      SELECT c.id, c.parent_id, c.limit_mw, COALESCE(SUM(climb.mw), 0) AS mw
      FROM appliances_circuit c LEFT JOIN climb ON climb.id = c.id WHERE c.{homes} GROUP BY c.id
    )"""
"""What every circuit carries: the sum at each climbs to whatever feeds it. (UNION, so that it ends in any case.)"""

_CARRIED_IN_HOME = _CARRIED.format(homes="home_id = home")

REPAIR_ALL_LOADS = f"""
  {_CARRIED.format(homes="home_id IS NOT NULL")}
  UPDATE appliances_circuit c SET load_mw = carried.mw
  FROM carried WHERE c.id = carried.id AND c.load_mw <> carried.mw
"""

# With an older snapshot than the lock, what others have committed meanwhile would be left out of the sum.
_LOCK = """
BEGIN
  IF current_setting('transaction_isolation') IN ('repeatable read', 'serializable') THEN
    RAISE EXCEPTION 'voltsafe: a home is changed in READ COMMITTED only' USING ERRCODE = '23514';
  END IF;
  PERFORM 1 FROM appliances_home WHERE id = home FOR NO KEY UPDATE;
  IF NOT FOUND AND must_exist THEN
    RAISE EXCEPTION 'voltsafe: home % does not exist', home USING ERRCODE = '23514';
  END IF;
END
"""

_CHECK = f"""
DECLARE
  over record;
BEGIN
  {_CARRIED_IN_HOME}
  SELECT id, mw, limit_mw INTO over FROM carried WHERE mw > limit_mw ORDER BY mw - limit_mw DESC, id LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'voltsafe: overload: circuit % would carry % mW of % mW', over.id, over.mw, over.limit_mw
      USING ERRCODE = '23514';
  END IF;
END
"""

_CHECK_FED = """
DECLARE
  unfed bigint;
BEGIN
  SELECT a.id INTO unfed FROM appliances_appliance a
  WHERE a.home_id = home AND a.is_on AND a.circuit_id NOT IN (
    WITH RECURSIVE fed(id) AS (
      SELECT id FROM appliances_circuit WHERE home_id = home AND parent_id IS NULL
      UNION
      SELECT c.id FROM fed JOIN appliances_circuit c ON c.parent_id = fed.id WHERE c.home_id = home
    )
    SELECT id FROM fed
  )
  ORDER BY a.id LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'voltsafe: appliance % is on, but no main circuit feeds it', unfed USING ERRCODE = '23514';
  END IF;
END
"""

_REPAIR = f"""
BEGIN
  {_CARRIED_IN_HOME}
  UPDATE appliances_circuit c SET load_mw = carried.mw
  FROM carried WHERE c.id = carried.id AND c.load_mw <> carried.mw;
END
"""

_APPLIANCE_CHANGED = f"""
BEGIN
  IF TG_OP = 'DELETE' THEN
    IF OLD.is_on THEN
      PERFORM voltsafe_lock(OLD.home_id, false);
      PERFORM voltsafe_repair(OLD.home_id);
    END IF;
    RETURN NULL;
  END IF;
  IF TG_OP = 'UPDATE' THEN
    IF NEW.id <> OLD.id OR NEW.home_id <> OLD.home_id THEN
      RAISE EXCEPTION 'voltsafe: id and home of appliance % are fixed', OLD.id USING ERRCODE = '23514';
    END IF;
    IF NEW.circuit_id = OLD.circuit_id AND NEW.rated_mw = OLD.rated_mw AND NEW.is_on = OLD.is_on THEN
      RETURN NULL;
    END IF;
  END IF;
  IF NEW.rated_mw NOT BETWEEN 1 AND {units.MOST_MW} THEN
    RAISE EXCEPTION 'voltsafe: rated power is whole milliwatts, more than 0 and at most 1 GW' USING ERRCODE = '23514';
  END IF;
  IF NEW.is_on OR (TG_OP = 'UPDATE' AND OLD.is_on) THEN
    PERFORM voltsafe_lock(NEW.home_id, true);
  END IF;
  IF TG_OP = 'INSERT' OR NEW.circuit_id <> OLD.circuit_id THEN
    IF NOT EXISTS (SELECT 1 FROM appliances_circuit WHERE id = NEW.circuit_id AND home_id = NEW.home_id) THEN
      RAISE EXCEPTION 'voltsafe: appliance % belongs on a circuit of its own home', NEW.id USING ERRCODE = '23514';
    END IF;
  END IF;
  IF NEW.is_on THEN
    IF TG_OP = 'INSERT' OR NOT OLD.is_on OR NEW.rated_mw > OLD.rated_mw OR NEW.circuit_id <> OLD.circuit_id THEN
      PERFORM voltsafe_check(NEW.home_id);
      PERFORM voltsafe_check_fed(NEW.home_id);
    END IF;
  END IF;
  IF NEW.is_on OR (TG_OP = 'UPDATE' AND OLD.is_on) THEN
    PERFORM voltsafe_repair(NEW.home_id);
  END IF;
  RETURN NULL;
END
"""

# Needs no lock: whoever changes what a circuit carries has to write this very row.
_CIRCUIT_WRITTEN = """
BEGIN
  IF NEW.load_mw IS DISTINCT FROM OLD.load_mw THEN
    NEW.load_mw := (
      WITH RECURSIVE below(id) AS (
        SELECT NEW.id
        UNION
        SELECT c.id FROM below JOIN appliances_circuit c ON c.parent_id = below.id WHERE c.home_id = NEW.home_id
      )
      SELECT COALESCE(SUM(rated_mw), 0) FROM appliances_appliance
      WHERE home_id = NEW.home_id AND is_on AND circuit_id IN (SELECT id FROM below)
    );
  END IF;
  RETURN NEW;
END
"""

_CIRCUIT_CHANGED = """
BEGIN
  IF TG_OP = 'DELETE' THEN
    PERFORM voltsafe_lock(OLD.home_id, false);
    PERFORM voltsafe_check_fed(OLD.home_id);
    RETURN NULL;
  END IF;
  IF TG_OP = 'UPDATE' THEN
    IF NEW.id <> OLD.id OR NEW.home_id <> OLD.home_id THEN
      RAISE EXCEPTION 'voltsafe: id and home of circuit % are fixed', OLD.id USING ERRCODE = '23514';
    END IF;
    IF NEW.limit_mw = OLD.limit_mw AND NEW.parent_id IS NOT DISTINCT FROM OLD.parent_id THEN
      RETURN NULL;
    END IF;
  END IF;
  PERFORM voltsafe_lock(NEW.home_id, true);
  IF EXISTS (
    SELECT 1 FROM appliances_circuit WHERE (id = NEW.parent_id OR parent_id = NEW.id) AND home_id <> NEW.home_id
    UNION ALL SELECT 1 FROM appliances_appliance WHERE circuit_id = NEW.id AND home_id <> NEW.home_id
  ) THEN
    RAISE EXCEPTION 'voltsafe: circuit %, what feeds it and what it feeds are of one home', NEW.id
      USING ERRCODE = '23514';
  END IF;
  IF EXISTS (
    WITH RECURSIVE above(id) AS (
      SELECT NEW.parent_id
      UNION
      SELECT c.parent_id FROM above JOIN appliances_circuit c ON c.id = above.id WHERE c.home_id = NEW.home_id
    )
    SELECT 1 FROM above WHERE id = NEW.id
  ) THEN
    RAISE EXCEPTION 'voltsafe: circuit % cannot be fed from itself', NEW.id USING ERRCODE = '23514';
  END IF;
  IF TG_OP = 'INSERT' OR NEW.limit_mw < OLD.limit_mw OR NEW.parent_id IS DISTINCT FROM OLD.parent_id THEN
    PERFORM voltsafe_check(NEW.home_id);
    PERFORM voltsafe_check_fed(NEW.home_id);
    PERFORM voltsafe_repair(NEW.home_id);
  END IF;
  RETURN NULL;
END
"""

# Who holds the home knows by its mark whether its rows are as they were left (services.known).
_MARKED = f"""
DECLARE
  home bigint := CASE WHEN TG_OP = 'DELETE' THEN OLD.home_id ELSE NEW.home_id END;
BEGIN
  UPDATE appliances_home SET {tables.MARK} = gen_random_uuid() WHERE id = home;
  IF TG_OP = 'UPDATE' AND OLD.home_id <> NEW.home_id THEN
    UPDATE appliances_home SET {tables.MARK} = gen_random_uuid() WHERE id = OLD.home_id;
  END IF;
  RETURN NULL;
END
"""

_NOT_TRUNCATED = """
BEGIN
  RAISE EXCEPTION 'voltsafe: % is never truncated', TG_TABLE_NAME USING ERRCODE = '23514';
END
"""

_DECISION_KEPT = """
BEGIN
  IF TG_OP = 'DELETE' AND EXISTS (
    SELECT 1 FROM appliances_checkpoint c
    WHERE COALESCE(c.home_id, 0) = COALESCE(OLD.home_id, 0)
      AND c.up_to >= CASE WHEN OLD.home_id IS NULL THEN OLD.id ELSE OLD.revision END
  ) THEN
    RETURN OLD;
  END IF;
  RAISE EXCEPTION 'voltsafe: decisions are never changed, and deleted only where a checkpoint covers them'
    USING ERRCODE = '23514';
END
"""

# What it stands on stays: no checkpoint covers a decision that is newer than itself.
_CHECKPOINT_KEPT = """
DECLARE
  stands boolean;
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'voltsafe: checkpoints are never deleted' USING ERRCODE = '23514';
  END IF;
  IF TG_OP = 'UPDATE' THEN
    IF NEW.id <> OLD.id OR NEW.home_id IS DISTINCT FROM OLD.home_id OR NEW.up_to <= OLD.up_to THEN
      RAISE EXCEPTION 'voltsafe: a checkpoint only moves forward' USING ERRCODE = '23514';
    END IF;
  END IF;
  IF NEW.home_id IS NULL THEN
    stands := EXISTS (
      SELECT 1 FROM appliances_decision WHERE home_id IS NULL AND id = NEW.up_to AND "at" = NEW."at"
    ) AND EXISTS (SELECT 1 FROM appliances_decision WHERE home_id IS NULL AND id > NEW.up_to);
  ELSE
    stands := EXISTS (
      SELECT 1 FROM appliances_decision WHERE home_id = NEW.home_id AND revision = NEW.up_to AND "at" = NEW."at"
    ) AND EXISTS (SELECT 1 FROM appliances_decision WHERE home_id = NEW.home_id AND revision > NEW.up_to);
  END IF;
  IF NOT stands THEN
    RAISE EXCEPTION 'voltsafe: a checkpoint stands at a decision of its home, which is not the newest'
      USING ERRCODE = '23514';
  END IF;
  RETURN NEW;
END
"""


@dataclass(frozen=True)
class Function:
    arguments: str
    returns: str
    body: str


FUNCTIONS = {
    "voltsafe_lock": Function("home bigint, must_exist boolean", "void", _LOCK),
    "voltsafe_check": Function("home bigint", "void", _CHECK),
    "voltsafe_check_fed": Function("home bigint", "void", _CHECK_FED),
    "voltsafe_repair": Function("home bigint", "void", _REPAIR),
    "voltsafe_appliance_changed": Function("", "trigger", _APPLIANCE_CHANGED),
    "voltsafe_circuit_written": Function("", "trigger", _CIRCUIT_WRITTEN),
    "voltsafe_circuit_changed": Function("", "trigger", _CIRCUIT_CHANGED),
    "voltsafe_not_truncated": Function("", "trigger", _NOT_TRUNCATED),
    "voltsafe_marked": Function("", "trigger", _MARKED),
    "voltsafe_decision_kept": Function("", "trigger", _DECISION_KEPT),
    "voltsafe_checkpoint_kept": Function("", "trigger", _CHECKPOINT_KEPT),
}
