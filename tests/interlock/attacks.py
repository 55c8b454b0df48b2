"""Writes that both databases have to refuse."""

from typing import Any

import pytest

from tests.interlock import house
from tests.interlock.house import CHARGER, GARAGE, HEATER, KETTLE, KITCHEN, MAIN, OTHER_MAIN, OVEN, WORKTOP

Statement = str | tuple[str, list[Any]]
ON = "UPDATE appliances_appliance SET is_on = true"


def case(name: str, *statements: Statement) -> Any:
    return pytest.param(statements, id=name.replace(" ", "-"))


def kettle(**columns: Any) -> house.Row:
    """A second kettle of 300 that is on: 100 more than the kitchen has left."""
    return house.appliance(None, 1, KITCHEN, **{"rated_mw": 300, "is_on": True, "name": "second kettle", **columns})


SIGN_INS = house.insert("decision", house.decision(7, None, 0), house.decision(8, None, 0))
THREE = house.insert("decision", house.decision(9, 1, 3))
FURTHER = house.insert("checkpoint", house.checkpoint(1, 1, 2))
GONE = "DELETE FROM appliances_decision WHERE home_id = 1 AND revision <= (SELECT up_to FROM appliances_checkpoint)"

OVERLOADS = [
    case("switch on past the nearest breaker", f"{ON} WHERE id = {KETTLE}"),
    case("switch on past the main", f"{ON} WHERE id = {CHARGER}"),
    case("switch on everything", ON),
    case("insert an appliance that is on", house.insert("appliance", kettle())),
    case(
        "insert two at once of which only one fits",
        house.insert(
            "appliance",
            house.appliance(None, 1, KITCHEN, 100, True, name="lamp"),
            house.appliance(None, 1, KITCHEN, 1, True, name="clock"),
        ),
    ),
    case("raise what an appliance is rated", f"UPDATE appliances_appliance SET rated_mw = 501 WHERE id = {OVEN}"),
    case("raise it past the main", f"UPDATE appliances_appliance SET rated_mw = 601 WHERE id = {HEATER}"),
    case("move to a full circuit", f"UPDATE appliances_appliance SET circuit_id = {WORKTOP} WHERE id = {HEATER}"),
    case("lower a limit", f"UPDATE appliances_circuit SET limit_mw = 499 WHERE id = {GARAGE}"),
    case("lower the main's limit", f"UPDATE appliances_circuit SET limit_mw = 899 WHERE id = {MAIN}"),
    case(
        "feed a circuit from a fuller one", f"UPDATE appliances_circuit SET parent_id = {WORKTOP} WHERE id = {GARAGE}"
    ),
    case(
        "write a load of nothing and a limit of nothing",
        f"UPDATE appliances_circuit SET load_mw = 0, limit_mw = 0 WHERE id = {GARAGE}",
    ),
    case(
        "write a stale load and then switch on",
        "UPDATE appliances_circuit SET load_mw = 0",
        f"{ON} WHERE id = {KETTLE}",
    ),
    case(
        "upsert",
        house.insert("appliance", kettle(), then="ON CONFLICT (id) DO UPDATE SET is_on = excluded.is_on"),
    ),
    case(
        "upsert that switches a row on",
        house.insert(
            "appliance",
            house.appliance(KETTLE, 1, KITCHEN, 300, False),
            then="ON CONFLICT (id) DO UPDATE SET is_on = true",
        ),
    ),
]

WRONG_NUMBERS = [
    case("rated nothing", f"UPDATE appliances_appliance SET rated_mw = 0 WHERE id = {KETTLE}"),
    case("rated less than nothing", house.insert("appliance", kettle(rated_mw=-5000, is_on=False))),
    case("a limit below nothing", f"UPDATE appliances_circuit SET limit_mw = -1 WHERE id = {WORKTOP}"),
    case("a new circuit with a limit below nothing", house.insert("circuit", house.circuit(None, 1, MAIN, -1))),
]

WRONG_TREES = [
    case("a circuit fed from itself", f"UPDATE appliances_circuit SET parent_id = id WHERE id = {GARAGE}"),
    case("fed from below itself", f"UPDATE appliances_circuit SET parent_id = {WORKTOP} WHERE id = {KITCHEN}"),
    case("a main fed from below itself", f"UPDATE appliances_circuit SET parent_id = {WORKTOP} WHERE id = {MAIN}"),
    case(
        "two new circuits that feed each other",
        house.insert("circuit", house.circuit(8, 1, 9, 100)),
        house.insert("circuit", house.circuit(9, 1, 8, 100)),
    ),
    case("a circuit of another home", house.insert("circuit", house.circuit(None, 2, MAIN, 100))),
    case("fed from another home", f"UPDATE appliances_circuit SET parent_id = {OTHER_MAIN} WHERE id = {GARAGE}"),
    case(
        "a circuit that feeds one of another home",
        house.insert("circuit", house.circuit(8, 1, 9, 100)),
        house.insert("circuit", house.circuit(9, 2, OTHER_MAIN, 100)),
    ),
    case("a circuit moves home", f"UPDATE appliances_circuit SET home_id = 2 WHERE id = {WORKTOP}"),
    case("a circuit gets another id", f"UPDATE appliances_circuit SET id = 99 WHERE id = {WORKTOP}"),
    case("an appliance moves home", f"UPDATE appliances_appliance SET home_id = 2 WHERE id = {KETTLE}"),
    case(
        "an appliance moves home with its circuit",
        f"UPDATE appliances_appliance SET home_id = 2, circuit_id = {OTHER_MAIN} WHERE id = {KETTLE}",
    ),
    case("an appliance gets another id", f"UPDATE appliances_appliance SET id = 99 WHERE id = {KETTLE}"),
    case(
        "an appliance on a circuit of another home",
        f"UPDATE appliances_appliance SET circuit_id = {OTHER_MAIN} WHERE id = {KETTLE}",
    ),
    case(
        "an appliance inserted on a circuit of another home",
        house.insert("appliance", house.appliance(50, 2, KITCHEN, 1, False)),
    ),
    case(
        "empty circuits in a ring",
        house.insert("circuit", house.circuit(50, 1, MAIN, 100), house.circuit(51, 1, 50, 100)),
        "UPDATE appliances_circuit SET parent_id = 51 WHERE id = 50",
    ),
    case(
        "an empty circuit fed from another home",
        house.insert("circuit", house.circuit(50, 1, MAIN, 100)),
        f"UPDATE appliances_circuit SET parent_id = {OTHER_MAIN} WHERE id = 50",
    ),
    case(
        "an empty circuit moves home",
        house.insert("circuit", house.circuit(50, 1, 60, 100)),
        "UPDATE appliances_circuit SET home_id = 2 WHERE id = 50",
    ),
    case(
        "an empty circuit gets another id",
        house.insert("circuit", house.circuit(50, 1, MAIN, 100)),
        "UPDATE appliances_circuit SET id = 60 WHERE id = 50",
    ),
    case("an appliance on no circuit", house.insert("appliance", house.appliance(50, 1, 99, 1, False))),
    case(
        "an appliance that is on below no main",
        house.insert("circuit", house.circuit(8, 1, 9, 100)),
        house.insert("appliance", house.appliance(50, 1, 8, 1, True)),
    ),
    case(
        "switch on below no main",
        house.insert("circuit", house.circuit(8, 1, 9, 100)),
        house.insert("appliance", house.appliance(50, 1, 8, 1, False)),
        f"{ON} WHERE id = 50",
    ),
    case("cut a loaded circuit off its main", f"UPDATE appliances_circuit SET parent_id = 99 WHERE id = {GARAGE}"),
    case("delete a loaded circuit", f"DELETE FROM appliances_circuit WHERE id = {GARAGE}"),
    case("delete what feeds a loaded circuit", f"DELETE FROM appliances_circuit WHERE id = {KITCHEN}"),
    case("delete every circuit", "DELETE FROM appliances_circuit"),
]

WRONG_RECORDS = [
    case("change a decision", "UPDATE appliances_decision SET outcome = 'refused' WHERE id = 1"),
    case("change a decision to what it is", "UPDATE appliances_decision SET outcome = outcome"),
    case("delete a decision", "DELETE FROM appliances_decision WHERE id = 1"),
    case("delete them all", "DELETE FROM appliances_decision"),
    case(
        "upsert a decision",
        house.insert("decision", house.decision(1, 1, 1), then="ON CONFLICT (id) DO UPDATE SET outcome = 'refused'"),
    ),
    case(
        "upsert a revision",
        house.insert(
            "decision", house.decision(None, 1, 2), then="ON CONFLICT (home_id, revision) DO UPDATE SET facts = '{}'"
        ),
    ),
]

COVER = house.insert("checkpoint", house.checkpoint(1, 1, 1))
"""Of the two decisions of home 1 the first may go."""

WRONG_CHECKPOINTS = [
    case("delete beyond the checkpoint", COVER, "DELETE FROM appliances_decision WHERE id = 2"),
    case("delete all of a home that has one", COVER, "DELETE FROM appliances_decision WHERE home_id = 1"),
    case("delete in another home", COVER, "DELETE FROM appliances_decision WHERE home_id = 2"),
    case("delete a decision of no home", COVER, SIGN_INS, "DELETE FROM appliances_decision WHERE id = 7"),
    case("change what is covered", COVER, "UPDATE appliances_decision SET outcome = 'refused' WHERE id = 1"),
    case("move a decision into what is covered", COVER, "UPDATE appliances_decision SET revision = 0 WHERE id = 2"),
    case("cover the newest", house.insert("checkpoint", house.checkpoint(1, 1, 2))),
    case("cover the only one", house.insert("checkpoint", house.checkpoint(1, 2, 1))),
    case("cover what is not there yet", house.insert("checkpoint", house.checkpoint(1, 1, 99))),
    case("cover nothing", house.insert("checkpoint", house.checkpoint(1, 1, 0))),
    case("a home without a record", house.insert("checkpoint", house.checkpoint(1, 3, 1))),
    case(
        "tell another moment than that of its decision",
        house.insert("checkpoint", house.checkpoint(1, 1, 1, at="2001-01-01 00:00:00+00:00")),
    ),
    case("go back", THREE, FURTHER, "UPDATE appliances_checkpoint SET up_to = 1"),
    case("go back after letting go", THREE, FURTHER, GONE, "UPDATE appliances_checkpoint SET up_to = 1"),
    case("another state at the same place", COVER, "UPDATE appliances_checkpoint SET state = '{}'"),
    case("go on to the newest", COVER, "UPDATE appliances_checkpoint SET up_to = 2"),
    case("move to another home", COVER, "UPDATE appliances_checkpoint SET home_id = 2, up_to = 2"),
    case("move to no home", COVER, SIGN_INS, "UPDATE appliances_checkpoint SET home_id = NULL, up_to = 7"),
    case("get another id", COVER, "UPDATE appliances_checkpoint SET id = 9"),
    case("delete a checkpoint", COVER, "DELETE FROM appliances_checkpoint"),
    case(
        "upsert a checkpoint backwards",
        THREE,
        FURTHER,
        house.insert("checkpoint", house.checkpoint(1, 1, 1), then="ON CONFLICT (id) DO UPDATE SET up_to = 1"),
    ),
    case("of no home cover the newest", SIGN_INS, house.insert("checkpoint", house.checkpoint(1, None, 8))),
    case(
        "of no home delete beyond",
        SIGN_INS,
        house.insert("checkpoint", house.checkpoint(1, None, 7)),
        "DELETE FROM appliances_decision WHERE home_id IS NULL",
    ),
    case(
        "of no home delete a home's",
        SIGN_INS,
        house.insert("checkpoint", house.checkpoint(1, None, 7)),
        "DELETE FROM appliances_decision WHERE home_id = 2",
    ),
]

HARMLESS = [
    case("let go what is covered", COVER, GONE),
    case("go on", THREE, COVER, "UPDATE appliances_checkpoint SET up_to = 2", GONE),
    case(
        "let go of no home what is covered",
        SIGN_INS,
        house.insert("checkpoint", house.checkpoint(1, None, 7)),
        "DELETE FROM appliances_decision WHERE home_id IS NULL AND id <= 7",
    ),
    case("exactly up to the limit", house.insert("appliance", kettle(rated_mw=100))),
    case("a stale load", "UPDATE appliances_circuit SET load_mw = 0, name = 'old ' || name"),
    case("a load of another circuit", "UPDATE appliances_circuit SET load_mw = limit_mw - load_mw"),
    case("a new circuit with a load", house.insert("circuit", house.circuit(50, 1, GARAGE, 0, load_mw=77))),
    case("switch everything off", "UPDATE appliances_appliance SET is_on = false"),
    case("delete what is on", "DELETE FROM appliances_appliance WHERE is_on"),
    case("delete the home from the leaves up", "DELETE FROM appliances_appliance", "DELETE FROM appliances_circuit"),
    case("raise what is off", f"UPDATE appliances_appliance SET rated_mw = 5000 WHERE id = {KETTLE}"),
    case("lower a limit to its load", f"UPDATE appliances_circuit SET limit_mw = load_mw WHERE id = {GARAGE}"),
    case("move between circuits", f"UPDATE appliances_appliance SET circuit_id = {KITCHEN} WHERE id = {OVEN}"),
    case("feed from the main", f"UPDATE appliances_circuit SET parent_id = {MAIN} WHERE id = {WORKTOP}"),
    case(
        "off before on",
        f"UPDATE appliances_appliance SET is_on = false WHERE id = {OVEN}",
        f"UPDATE appliances_appliance SET is_on = true WHERE id = {KETTLE}",
    ),
    case(
        "a child before its parent, each with an old load",
        house.insert("circuit", house.circuit(50, 1, 60, 100, load_mw=9)),
        house.insert("circuit", house.circuit(60, 1, GARAGE, 100, load_mw=9)),
        house.insert("appliance", house.appliance(50, 1, 50, 100, True)),
    ),
    case("a new decision", house.insert("decision", house.decision(None, 1, 3))),
    case(
        "an upsert that changes what matters not",
        house.insert(
            "appliance",
            house.appliance(OVEN, 1, WORKTOP, 9999, True),
            then="ON CONFLICT (id) DO UPDATE SET note = 'upserted'",
        ),
    ),
]
