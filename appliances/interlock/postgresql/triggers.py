"""The interlock of a PostgreSQL database, the triggers: where and when its functions run.

AFTER ROW triggers run when the whole statement has been carried out, so a swap that is within the limit on balance
is accepted. No trigger names a column (UPDATE OF, WHEN): that would forbid altering it.
"""

from dataclasses import dataclass

from appliances.interlock import tables


@dataclass(frozen=True)
class Trigger:
    table: str
    when: str
    function: str


_EVERY_ROW = "INSERT OR UPDATE OR DELETE"
_MARKED = {
    f"voltsafe_{table.removeprefix('appliances_')}_marked": Trigger(table, f"AFTER {_EVERY_ROW}", "voltsafe_marked")
    for table in tables.MARKED
}
_NOT_TRUNCATED = {
    f"voltsafe_{table.removeprefix('appliances_')}_not_truncated": Trigger(
        table, "BEFORE TRUNCATE", "voltsafe_not_truncated"
    )
    for table in dict.fromkeys((*tables.GUARDED, *tables.MARKED))
}
TRIGGERS = {
    "voltsafe_appliance_changed": Trigger("appliances_appliance", f"AFTER {_EVERY_ROW}", "voltsafe_appliance_changed"),
    "voltsafe_circuit_written": Trigger("appliances_circuit", "BEFORE UPDATE", "voltsafe_circuit_written"),
    "voltsafe_circuit_changed": Trigger("appliances_circuit", f"AFTER {_EVERY_ROW}", "voltsafe_circuit_changed"),
    "voltsafe_decision_kept": Trigger("appliances_decision", "BEFORE UPDATE OR DELETE", "voltsafe_decision_kept"),
    "voltsafe_checkpoint_kept": Trigger("appliances_checkpoint", f"BEFORE {_EVERY_ROW}", "voltsafe_checkpoint_kept"),
    **_MARKED,
    **_NOT_TRUNCATED,
}
