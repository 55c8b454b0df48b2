"""Writes in PostgreSQL's own dialect and under its settings that it has to refuse."""

from tests.interlock import house
from tests.interlock.attacks import COVER, FURTHER, ON, THREE, case, kettle
from tests.interlock.house import GARAGE, HOB, IRON, KETTLE, MAIN, OTHER_MAIN, OVEN

REFUSED = [
    case(
        "copy",
        "CREATE TEMP TABLE sauna ON COMMIT DROP AS SELECT * FROM appliances_appliance WHERE id = 3",
        "UPDATE sauna SET id = 99, name = 'sauna', is_on = true",
        "INSERT INTO appliances_appliance SELECT * FROM sauna",
    ),
    case(
        "merge",
        f"""MERGE INTO appliances_appliance a USING (SELECT {KETTLE} AS id) wanted ON a.id = wanted.id
        WHEN MATCHED THEN UPDATE SET is_on = true""",
    ),
    case(
        "a writing query inside a query",
        f"WITH on_now AS ({ON} WHERE id = {KETTLE} RETURNING id) UPDATE appliances_circuit SET load_mw = 0",
    ),
    case(
        "a writing query that lowers the limit as another switches on",
        f"""WITH on_now AS ({ON} WHERE id = {IRON} RETURNING id)
        UPDATE appliances_circuit SET limit_mw = 700 WHERE id = {OTHER_MAIN}""",
    ),
    case("a replica's session", "SET LOCAL session_replication_role = replica", f"{ON} WHERE id = {KETTLE}"),
    case(
        "a replica's session cuts a loaded circuit off",
        "SET LOCAL session_replication_role = replica",
        f"DELETE FROM appliances_circuit WHERE id = {GARAGE}",
    ),
    case(
        "a home that is not there, which could not be locked",
        "SET LOCAL session_replication_role = replica",
        house.insert("circuit", house.circuit(50, 99, None, 1)),
    ),
    case(
        "take over an appliance of another home with its circuit's id",
        "SET LOCAL session_replication_role = replica",
        f"UPDATE appliances_appliance SET is_on = false WHERE id = {HOB}",
        f"DELETE FROM appliances_circuit WHERE id = {OTHER_MAIN}",
        house.insert("circuit", house.circuit(OTHER_MAIN, 1, MAIN, 5000)),
    ),
    case("truncate appliances", "TRUNCATE appliances_appliance CASCADE"),
    case("truncate circuits", "TRUNCATE appliances_circuit CASCADE"),
    case("truncate homes", "TRUNCATE appliances_home CASCADE"),
    case("truncate checkpoints", "TRUNCATE appliances_checkpoint"),
    case(
        "delete beyond the checkpoint in a replica's session",
        "SET LOCAL session_replication_role = replica",
        COVER,
        "DELETE FROM appliances_decision",
    ),
    case(
        "cover and let go in one statement",
        """WITH covered AS (
          INSERT INTO appliances_checkpoint (home_id, up_to, "at", state)
          SELECT home_id, revision, "at", '{}' FROM appliances_decision WHERE id = 1
        ) DELETE FROM appliances_decision""",
    ),
    case(
        "merge a checkpoint backwards",
        THREE,
        FURTHER,
        """MERGE INTO appliances_checkpoint c USING (SELECT 1 AS id) wanted ON c.id = wanted.id
        WHEN MATCHED THEN UPDATE SET up_to = 1""",
    ),
    case("truncate decisions", "TRUNCATE appliances_decision"),
    case(
        "a table of the same name in the session",
        "CREATE TEMP TABLE appliances_appliance (LIKE public.appliances_appliance) ON COMMIT DROP",
        "UPDATE public.appliances_appliance SET is_on = true WHERE id = 3",
    ),
    case(
        "an operator of the session's own",
        "SET LOCAL search_path = pg_temp, public",
        "CREATE FUNCTION pg_temp.less(numeric, bigint) RETURNS boolean LANGUAGE sql AS 'SELECT false'",
        "CREATE OPERATOR pg_temp.> (LEFTARG = numeric, RIGHTARG = bigint, FUNCTION = pg_temp.less)",
        "UPDATE public.appliances_appliance SET is_on = true WHERE id = 3",
    ),
    case(
        "rated less than nothing without its check",
        "ALTER TABLE appliances_appliance DROP CONSTRAINT rated_watts_are_positive",
        house.insert("appliance", kettle(rated_mw=-5000)),
    ),
    case(
        "a limit below nothing without its check",
        "ALTER TABLE appliances_circuit DROP CONSTRAINT limit_is_not_negative",
        house.insert("circuit", house.circuit(50, 1, MAIN, -1)),
    ),
]

HARMLESS = [
    case(
        "a swap in one statement, on balance within the limit",
        f"UPDATE appliances_appliance SET is_on = NOT is_on WHERE id IN ({OVEN}, {KETTLE})",
    ),
    case(
        "a new circuit and its first appliance in one statement",
        """WITH breaker AS (
          INSERT INTO appliances_circuit (id, home_id, parent_id, name, limit_mw, load_mw, created_at)
          VALUES (50, 1, 4, 'bench', 100, 7, now()) RETURNING id
        ) UPDATE appliances_appliance SET circuit_id = breaker.id, rated_mw = 100, is_on = true FROM breaker
        WHERE appliances_appliance.id = 4""",
    ),
    case(
        "a stale load in a replica's session",
        "SET LOCAL session_replication_role = replica",
        "UPDATE appliances_circuit SET load_mw = 0",
    ),
]
