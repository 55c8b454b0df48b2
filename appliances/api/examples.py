"""One evening in a flat, for the documentation: a kettle that does not fit, and then does."""

from typing import Any

CIRCUIT = {
    "id": 3,
    "name": "Worktop sockets",
    "parent_id": 2,
    "limit_watts": 2990,
    "own_limit_watts": 2990,
    "limited_by": None,
    "load_watts": 1200,
    "headroom_watts": 1790,
    "utilization_percent": 40.1,
    "status": "safe",
}
KETTLE = {
    "id": 7,
    "name": "Kettle",
    "kind": "kettle",
    "circuit_id": 3,
    "rated_watts": 2200,
    "is_on": True,
    "priority": 5,
    "note": "",
    "may_be_shed": False,
    "may_be_interrupted": True,
    "returns_by_itself": False,
    "min_on_seconds": 0,
    "min_off_seconds": 0,
    "max_on_seconds": None,
    "fits": True,
    "short_by_watts": 0,
    "claim": None,
}
LOAD = {
    "home": "sample-flat",
    "revision": 43,
    "load_watts": 2350,
    "limit_watts": 5000,
    "headroom_watts": 2650,
    "utilization_percent": 47.0,
    "status": "safe",
    "appliances_on": 2,
    "circuits": [{**CIRCUIT, "load_watts": 2200, "headroom_watts": 790, "utilization_percent": 73.5}],
}
SWITCHED = {"changed": True, "revision": 43, "appliance": KETTLE, "load": LOAD}
REFUSED = {
    "type": "/api/v1/docs#capacity_exceeded",
    "title": "It does not fit",
    "status": 403,
    "code": "capacity_exceeded",
    "detail": "Kettle stays off. It needs 2\u202f200\u202fW, but Worktop sockets has only 1\u202f790\u202fW free: "
    "410\u202fW too much.",
    "instance": "/api/v1/appliances/7/toggle",
    "requested_watts": 2200,
    "current_load_watts": 1200,
    "projected_load_watts": 3400,
    "limit_watts": 2990,
    "exceeded_by_watts": 410,
    "circuit": {"id": 3, "name": "Worktop sockets"},
    "make_room": [{"off": [8], "appliances": [{"id": 8, "name": "Coffee machine", "rated_watts": 1200}]}],
}


def added(extra: dict[str, Any], status: int, example: dict[str, Any]) -> dict[str, Any]:
    """An operation's OpenAPI extras with an example of its JSON answer."""
    described = {"content": {"application/json": {"example": example}}}
    return {**extra, "responses": {**extra["responses"], status: described}}
