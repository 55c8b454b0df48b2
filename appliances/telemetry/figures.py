"""What this process counts. Every label has few values, known beforehand: none is an id, a name or an address.

What each means to whoever reads it: docs/monitoring/README.md.
"""

from appliances.telemetry.counting import Counter, Figure, Gauge, Histogram, Reading

QUICK = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
"""Seconds; 5 is what a writer waits for at most."""

DOORS = ("page", "api", "admin", "static", "monitor", "other")
SOCKETS_FOR = ("html", "json", "wall", "other")

requests = Counter("voltsafe_requests_total", "Requests answered", ["door", "method", "status"])
request_time = Histogram(
    "voltsafe_request_duration_seconds",
    "From when a request is there whole to when its answer is, waiting for a thread included",
    (*QUICK, 10.0),
    ["door"],
)
requests_held = Reading("voltsafe_requests_in_progress", "Requests that are not answered yet")

decisions = Counter("voltsafe_decisions_total", "Decisions this process has committed", ["action", "outcome"])
interlock_refusals = Counter(
    "voltsafe_interlock_refusals_total",
    "Writes that only the database's interlock refused: each is a fault of VoltSafe",
)
lock_wait = Histogram("voltsafe_lock_wait_seconds", "Wait for a turn to write", QUICK)
transaction_time = Histogram(
    "voltsafe_transaction_duration_seconds",
    "From the beginning of a writing transaction to its end, commit included",
    QUICK,
)
turns_together = Histogram(
    "voltsafe_commit_turns", "Turns that shared one commit (SQLite only)", (1.0, 2.0, 4.0, 8.0, 16.0, 32.0)
)

published = Counter(
    "voltsafe_publishes_total",
    "Changes handed to the channel layer",
    ["outcome"],
    known=[("sent",), ("failed",)],
)
push_latency = Histogram(
    "voltsafe_push_latency_seconds",
    "From a change's publication to its frame at the last watcher of this process",
    QUICK,
)
pushes = Counter(
    "voltsafe_pushes_total", "Change frames given to sockets", ["kind"], known=[(k,) for k in SOCKETS_FOR[:3]]
)

sockets = Gauge("voltsafe_sockets", "Live connections that are open", ["kind"], known=[(k,) for k in SOCKETS_FOR])
sockets_opened = Counter("voltsafe_sockets_opened_total", "Live connections opened", ["kind"])
sockets_closed = Counter(
    "voltsafe_sockets_closed_total",
    "Live connections that ended, or were refused before they were open",
    ["kind", "code"],
)

tick_time = Histogram("voltsafe_controller_tick_duration_seconds", "One tick of the controller in this process", QUICK)

COUNTED = (requests, decisions, interlock_refusals, published, pushes, sockets_opened, sockets_closed)
MEASURED: tuple[Figure[int], ...] = (requests_held, sockets)
SPREAD = (request_time, lock_wait, transaction_time, turns_together, push_latency, tick_time)
