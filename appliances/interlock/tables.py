"""The tables the interlock guards, and how its triggers, functions, index and column are named."""

PREFIX = "voltsafe_"
MARK = "voltsafe_mark"
"""A column of the home on PostgreSQL: another one after every change to the rows of the home."""

GUARDED = ("appliances_appliance", "appliances_circuit", "appliances_decision", "appliances_checkpoint")
MARKED = (
    "appliances_appliance",
    "appliances_circuit",
    "appliances_temporarylimit",
    "appliances_wait",
    "appliances_shed",
)
"""What a decision is taken from (services.reading), and so what marks the home when it changes."""
