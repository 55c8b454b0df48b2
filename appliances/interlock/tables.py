"""The tables the interlock guards, and how its triggers and functions are named."""

PREFIX = "voltsafe_"
GUARDED = ("appliances_appliance", "appliances_circuit", "appliances_decision", "appliances_checkpoint")
