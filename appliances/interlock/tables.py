"""The tables the interlock guards, and how its triggers, functions and index are named."""

PREFIX = "voltsafe_"
GUARDED = ("appliances_appliance", "appliances_circuit", "appliances_decision", "appliances_checkpoint")
