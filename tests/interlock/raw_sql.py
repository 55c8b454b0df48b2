"""Parts of random SQL statements: values that fit, values that do not, and what may be asked to happen then."""

from typing import Any

from django.db import connection
from hypothesis import strategies as st

from tests.interlock import house

ON_SQLITE = connection.vendor == "sqlite"

homes = st.sampled_from([1, 2])
circuit_ids = st.sampled_from([1, 2, 3, 4, 5, 11])
appliance_ids = st.sampled_from([1, 2, 3, 4, 5, 11, 12])
new_ids = st.sampled_from([None, None, *range(1, 6), 11, 12, -1, 0])
places = st.sampled_from([*[(1, 1), (1, 2), (1, 3), (1, 4), (2, 11)] * 3, (1, 5), (2, 5), (1, 11), (2, 1)])
parents = st.sampled_from([*[(1, 1), (1, 2), (1, 4), (2, 11)] * 3, (1, None), (2, None), (1, 5), (2, 5), (1, 11)])
names_of_circuits = st.sampled_from([f"circuit {pk}" for pk in (1, 2, 3, 4, 11)] + ["new", "newer"])
names_of_appliances = st.sampled_from([f"Appliance {pk}" for pk in (1, 2, 3, 11)] + ["new", "newer"])
FITTING = [1, 50, 100, 100, 200, 300, 400, 500, 600, 1000, 2000]
ODD = ["many", "300", 0.5, 300.0, 2**63 - 1, 9e999, None, b"300"] if ON_SQLITE else []
whole = st.sampled_from([*FITTING, 0, -1])
watts = st.sampled_from([*FITTING * 3, 0, -1, -500, *ODD])
switches = st.sampled_from([*[True, False] * 5, *([2, "yes", 0.5, None] if ON_SQLITE else [])])
conflict_clauses = ["", "OR IGNORE", "OR REPLACE", "OR REPLACE", "OR FAIL", "OR ABORT", "OR ROLLBACK"]
conflicts = st.sampled_from(conflict_clauses if ON_SQLITE else [""])

appliances = st.builds(
    lambda pk, place, mw, on, name: house.appliance(pk, *place, mw, on, name=name),
    new_ids, places, watts, switches, names_of_appliances,
)  # fmt: skip
circuits = st.builds(
    lambda pk, place, limit, load, name: house.circuit(pk, *place, limit, load_mw=load, name=name),
    new_ids, parents, watts, watts, names_of_circuits,
)  # fmt: skip
decisions = st.builds(house.decision, new_ids, homes, st.integers(1, 4))
checkpoints = st.builds(house.checkpoint, new_ids, homes, st.sampled_from([1, 1, 1, 2, 3, 4, *ODD]))
upserts = st.sampled_from(
    [
        "",
        "",
        "ON CONFLICT DO NOTHING",
        "ON CONFLICT (id) DO NOTHING",
        "ON CONFLICT (id) DO UPDATE SET home_id = excluded.home_id, name = excluded.name",
        "ON CONFLICT (home_id, (lower(name))) DO UPDATE SET name = 'upserted'",
    ]
)
appliance_upserts = upserts | st.sampled_from(
    [
        "ON CONFLICT (id) DO UPDATE SET is_on = true",
        "ON CONFLICT (id) DO UPDATE SET rated_mw = excluded.rated_mw, circuit_id = excluded.circuit_id",
        "ON CONFLICT (home_id, (lower(name))) DO UPDATE SET is_on = true, rated_mw = excluded.rated_mw",
    ]
)
circuit_upserts = upserts | st.sampled_from(
    [
        "ON CONFLICT (id) DO UPDATE SET limit_mw = excluded.limit_mw, load_mw = excluded.load_mw",
        "ON CONFLICT (id) DO UPDATE SET parent_id = excluded.parent_id",
        "ON CONFLICT (home_id) WHERE parent_id IS NULL DO UPDATE SET limit_mw = excluded.limit_mw",
    ]
)


def assignments(**columns: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """One or two columns to set, and seldom an id or a home."""
    usual = [name for name in columns if name not in ("id", "home_id")]
    chosen = st.lists(st.sampled_from([*usual * 4, "id", "home_id"]), min_size=1, max_size=2, unique=True)
    return chosen.flatmap(lambda names: st.fixed_dictionaries({name: columns[name] for name in names}))


class Sql(str):
    """An expression, not a value."""


FLIPPED = Sql("CASE WHEN is_on THEN false ELSE true END")
appliance_changes = assignments(
    id=appliance_ids,
    home_id=homes,
    circuit_id=circuit_ids | st.just(Sql("(SELECT MAX(id) FROM appliances_circuit WHERE home_id = 1)")),
    rated_mw=watts | st.sampled_from([Sql("rated_mw + 100"), Sql("rated_mw - 100"), Sql("1000 - rated_mw")]),
    is_on=switches | st.just(FLIPPED),
    name=names_of_appliances,
)
circuit_changes = assignments(
    id=circuit_ids,
    home_id=homes,
    parent_id=circuit_ids | st.sampled_from([None, Sql("id"), Sql("CASE WHEN id = 1 THEN 2 END")]),
    limit_mw=watts | st.sampled_from([Sql("load_mw"), Sql("load_mw - 1"), Sql("limit_mw + 100")]),
    load_mw=watts | st.just(Sql("load_mw - 100")),
    name=names_of_circuits,
)
checkpoint_changes = assignments(
    id=homes,
    home_id=homes,
    up_to=st.sampled_from([1, 2, 3, 4, *ODD]) | st.sampled_from([Sql("up_to + 1"), Sql("up_to - 1")]),
    state=st.just("{}"),
)
wheres = st.one_of(
    st.builds("WHERE id = {}".format, circuit_ids),
    st.builds("WHERE id IN ({}, {})".format, appliance_ids, appliance_ids),
    st.builds("WHERE home_id = {}".format, homes),
    st.sampled_from(["", "WHERE id > 2", "WHERE id < 3"]),
)


def setting(changes: dict[str, Any]) -> tuple[str, list[Any]]:
    terms = [f"{name} = {value if isinstance(value, Sql) else '%s'}" for name, value in changes.items()]
    return ", ".join(terms), [value for value in changes.values() if not isinstance(value, Sql)]
