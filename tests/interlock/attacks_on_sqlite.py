"""Writes in SQLite's own dialect and under its pragmas that it has to refuse."""

from tests.interlock import house
from tests.interlock.attacks import COVER, FURTHER, ON, SIGN_INS, THREE, case, kettle
from tests.interlock.house import GARAGE, HOB, KETTLE, KITCHEN, MAIN, OTHER_MAIN, OVEN

TWICE = [house.insert("checkpoint", house.checkpoint(pk, None, 7)) for pk in (1, 2)]

REFUSED = [
    case("insert or ignore", house.insert("appliance", kettle(), verb="INSERT OR IGNORE")),
    case("insert or fail", house.insert("appliance", kettle(), verb="INSERT OR FAIL")),
    case("insert or rollback", house.insert("appliance", kettle(), verb="INSERT OR ROLLBACK")),
    case("insert or replace", house.insert("appliance", kettle(), verb="INSERT OR REPLACE")),
    case(
        "insert or fail of several rows, the last too much",
        house.insert(
            "appliance",
            house.appliance(None, 1, KITCHEN, 50, True, name="lamp"),
            house.appliance(None, 1, KITCHEN, 5000, True, name="sauna"),
            verb="INSERT OR FAIL",
        ),
    ),
    case("update or ignore", f"UPDATE OR IGNORE appliances_appliance SET rated_mw = 5000 WHERE id = {OVEN}"),
    case("update or fail", "UPDATE OR FAIL appliances_appliance SET is_on = 1"),
    case("update or replace", "UPDATE OR REPLACE appliances_appliance SET is_on = 1"),
    case(
        "update or ignore of limit and load",
        "UPDATE OR IGNORE appliances_circuit SET limit_mw = 0, load_mw = 0 WHERE home_id = 1",
    ),
    case(
        "replace an appliance of another home by its id",
        house.insert("appliance", house.appliance(HOB, 1, KITCHEN, 1, True), verb="REPLACE"),
    ),
    case(
        "replace a circuit of another home by its id",
        house.insert("circuit", house.circuit(OTHER_MAIN, 1, MAIN, 1000), verb="REPLACE"),
    ),
    case(
        "replace an empty circuit of another home by its id",
        house.insert("circuit", house.circuit(50, 2, OTHER_MAIN, 100)),
        house.insert("circuit", house.circuit(50, 1, MAIN, 100), verb="REPLACE"),
    ),
    case(
        "a new circuit with a limit as text",
        "PRAGMA ignore_check_constraints = ON",
        house.insert("circuit", house.circuit(50, 1, MAIN, "plenty")),
    ),
    case("a new appliance that is on as text", house.insert("appliance", kettle(is_on="yes", rated_mw=1))),
    case(
        "replace the main by being a second one",
        house.insert("circuit", house.circuit(77, 1, None, 9000), verb="REPLACE"),
    ),
    case(
        "replace a loaded circuit by its name",
        house.insert("circuit", house.circuit(77, 1, MAIN, 9000, name="circuit 4"), verb="REPLACE"),
    ),
    case(
        "replace a loaded circuit by renaming one",
        f"UPDATE OR REPLACE appliances_circuit SET name = 'circuit {GARAGE}' WHERE id = {KITCHEN}",
    ),
    case(
        "replace a circuit with a smaller one of the same id",
        house.insert("circuit", house.circuit(GARAGE, 1, MAIN, 499), verb="REPLACE"),
    ),
    case(
        "without checks",
        "PRAGMA ignore_check_constraints = ON",
        f"{ON} WHERE id = {KETTLE}",
    ),
    case(
        "rated less than nothing without checks",
        "PRAGMA ignore_check_constraints = ON",
        house.insert("appliance", kettle(rated_mw=-5000)),
    ),
    case(
        "a limit below nothing without checks",
        "PRAGMA ignore_check_constraints = ON",
        f"UPDATE appliances_circuit SET limit_mw = -1 WHERE id = {OTHER_MAIN}",
    ),
    case(
        "delete a loaded main without foreign keys",
        "PRAGMA foreign_keys = OFF",
        f"DELETE FROM appliances_circuit WHERE id = {MAIN}",
    ),
    case(
        "replace a main without foreign keys",
        "PRAGMA foreign_keys = OFF",
        house.insert("circuit", house.circuit(77, 1, None, 9000), verb="REPLACE"),
    ),
    case(
        "an appliance on no circuit without foreign keys",
        "PRAGMA foreign_keys = OFF",
        house.insert("appliance", house.appliance(50, 1, 99, 5000, True)),
    ),
    case(
        "take over an appliance of another home with its circuit's id",
        "PRAGMA foreign_keys = OFF",
        f"UPDATE appliances_appliance SET is_on = 0 WHERE id = {HOB}",
        f"DELETE FROM appliances_circuit WHERE id = {OTHER_MAIN}",
        house.insert("circuit", house.circuit(OTHER_MAIN, 1, MAIN, 5000)),
    ),
    case(
        "replace with delete triggers",
        "PRAGMA recursive_triggers = ON",
        house.insert("appliance", kettle(), verb="REPLACE"),
    ),
    case(
        "stale load with recursive triggers",
        "PRAGMA recursive_triggers = ON",
        "UPDATE OR IGNORE appliances_circuit SET load_mw = 0",
        f"{ON} WHERE id = {KETTLE}",
    ),
    case("watts as text", "PRAGMA ignore_check_constraints = ON", house.insert("appliance", kettle(rated_mw="many"))),
    case("watts with a fraction", f"UPDATE appliances_appliance SET rated_mw = 0.5 WHERE id = {OVEN}"),
    case(
        "watts beyond counting",
        "PRAGMA ignore_check_constraints = ON",
        f"UPDATE appliances_appliance SET rated_mw = 9223372036854775807 WHERE id = {KETTLE}",
    ),
    case(
        "a limit as text",
        "PRAGMA ignore_check_constraints = ON",
        f"UPDATE appliances_circuit SET limit_mw = 'plenty' WHERE id = {MAIN}",
    ),
    case(
        "a limit without end",
        "PRAGMA ignore_check_constraints = ON",
        f"UPDATE appliances_circuit SET limit_mw = 9e999 WHERE id = {MAIN}",
    ),
    case("on as text", f"UPDATE appliances_appliance SET is_on = 'yes' WHERE id = {KETTLE}"),
    case("on twice", f"UPDATE appliances_appliance SET is_on = 2 WHERE id = {KETTLE}"),
    case("an appliance with the id -1", house.insert("appliance", house.appliance(-1, 1, KITCHEN, 1, False))),
    case("a circuit with the id 0", house.insert("circuit", house.circuit(0, 1, MAIN, 1))),
    case("replace a decision by its id", house.insert("decision", house.decision(1, 1, 9), verb="REPLACE")),
    case("replace a decision by its revision", house.insert("decision", house.decision(None, 1, 2), verb="REPLACE")),
    case("ignore that a decision is there", house.insert("decision", house.decision(1, 1, 1), verb="INSERT OR IGNORE")),
    case("replace a decision's number", "UPDATE OR REPLACE appliances_decision SET revision = 2 WHERE id = 1"),
    case("ignore that decisions are kept", "UPDATE OR IGNORE appliances_decision SET outcome = 'refused'"),
    case("replace a checkpoint", THREE, FURTHER, house.insert("checkpoint", house.checkpoint(1, 1, 1), verb="REPLACE")),
    case(
        "replace a home's checkpoint",
        THREE,
        FURTHER,
        house.insert("checkpoint", house.checkpoint(None, 1, 1), verb="REPLACE"),
    ),
    case(
        "ignore that it is there", COVER, house.insert("checkpoint", house.checkpoint(1, 2, 1), verb="INSERT OR IGNORE")
    ),
    case("replace it by moving another", COVER, "UPDATE OR REPLACE appliances_checkpoint SET home_id = 2, up_to = 1"),
    case("ignore that it only goes forward", THREE, FURTHER, "UPDATE OR IGNORE appliances_checkpoint SET up_to = 1"),
    case("a checkpoint at no number", house.insert("checkpoint", house.checkpoint(1, 1, "zzz"))),
    case("a checkpoint at half a number", house.insert("checkpoint", house.checkpoint(1, 1, 1.5))),
    case("a checkpoint with the id -1", house.insert("checkpoint", house.checkpoint(-1, 1, 1))),
    case("of no home a second one", SIGN_INS, *TWICE),
    case(
        "delete all with recursive triggers",
        "PRAGMA recursive_triggers = ON",
        COVER,
        house.insert("checkpoint", house.checkpoint(1, 1, 1), verb="REPLACE"),
    ),
    case("a decision with the id -1", house.insert("decision", house.decision(-1, 1, 9))),
    case(
        "decisions with recursive triggers",
        "PRAGMA recursive_triggers = ON",
        house.insert("decision", house.decision(1, 1, 9), verb="REPLACE"),
    ),
]

HARMLESS = [
    case(
        "replace an appliance with a smaller one of its name",
        house.insert("appliance", house.appliance(70, 1, KITCHEN, 1, True, name="appliance 1"), verb="REPLACE"),
    ),
    case(
        "replace an appliance that is on with one that is off",
        house.insert("appliance", house.appliance(OVEN, 1, KITCHEN, 9999, False), verb="REPLACE"),
    ),
    case(
        "replace an appliance that is on by renaming another",
        f"UPDATE OR REPLACE appliances_appliance SET name = 'appliance {OVEN}' WHERE id = {KETTLE}",
    ),
    case(
        "replace a circuit with a larger one of its id",
        house.insert("circuit", house.circuit(GARAGE, 1, MAIN, 900, load_mw=0), verb="REPLACE"),
    ),
    case(
        "replace an empty circuit by its name",
        house.insert("circuit", house.circuit(50, 1, MAIN, 900)),
        house.insert("circuit", house.circuit(51, 1, GARAGE, 900, name="circuit 50"), verb="REPLACE"),
    ),
    case("a load as text", "UPDATE appliances_circuit SET load_mw = 'none'"),
    case("a load with a fraction", "UPDATE OR FAIL appliances_circuit SET load_mw = 0.5"),
    case(
        "replace and delete with recursive triggers",
        "PRAGMA recursive_triggers = ON",
        house.insert("appliance", house.appliance(OVEN, 1, KITCHEN, 1, True), verb="REPLACE"),
    ),
    case(
        "a stale load with recursive triggers",
        "PRAGMA recursive_triggers = ON",
        "UPDATE appliances_circuit SET load_mw = 0",
    ),
    case("delete with recursive triggers", "PRAGMA recursive_triggers = ON", "DELETE FROM appliances_appliance"),
]
