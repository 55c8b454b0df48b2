"""The interlock of a PostgreSQL database, the triggers: where and when its functions run.

AFTER ROW triggers run when the whole statement has been carried out, so a swap that is within the limit on balance
is accepted. No trigger names a column (UPDATE OF, WHEN): that would forbid altering it.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Trigger:
    table: str
    when: str
    function: str


_EVERY_ROW = "INSERT OR UPDATE OR DELETE"
TRIGGERS = {
    "voltsafe_appliance_changed": Trigger("appliances_appliance", f"AFTER {_EVERY_ROW}", "voltsafe_appliance_changed"),
    "voltsafe_circuit_written": Trigger("appliances_circuit", "BEFORE UPDATE", "voltsafe_circuit_written"),
    "voltsafe_circuit_changed": Trigger("appliances_circuit", f"AFTER {_EVERY_ROW}", "voltsafe_circuit_changed"),
    "voltsafe_decision_kept": Trigger("appliances_decision", "BEFORE UPDATE OR DELETE", "voltsafe_decision_kept"),
    "voltsafe_checkpoint_kept": Trigger("appliances_checkpoint", f"BEFORE {_EVERY_ROW}", "voltsafe_checkpoint_kept"),
    "voltsafe_appliance_not_truncated": Trigger("appliances_appliance", "BEFORE TRUNCATE", "voltsafe_not_truncated"),
    "voltsafe_circuit_not_truncated": Trigger("appliances_circuit", "BEFORE TRUNCATE", "voltsafe_not_truncated"),
    "voltsafe_decision_not_truncated": Trigger("appliances_decision", "BEFORE TRUNCATE", "voltsafe_not_truncated"),
    "voltsafe_checkpoint_not_truncated": Trigger("appliances_checkpoint", "BEFORE TRUNCATE", "voltsafe_not_truncated"),
}
