"""The REST API: its parts under one roof, closed by default."""

from ninja import NinjaAPI

from appliances.api import (
    appliances,
    authentication,
    balancing,
    changing,
    circuits,
    decisions,
    handlers,
    homes,
    limits,
    switching,
    waitlist,
)
from appliances.api.parsing import ExactParser

ABOUT = """What a home may switch on without overloading any breaker, and why not otherwise.

Watts are JSON numbers, exact to three decimals; they are taken as numbers or text and never rounded. Every write
changes exactly what it names or nothing. Asking for the state that a thing already has succeeds and changes nothing.
What a home answers carries an `ETag`; send it back as `If-None-Match` to be told 304 until something changes.
Every write takes `?dry_run=true`: it is decided as if it were meant, answered with the decisions that it would have
left on record, and undone. Every POST takes an `Idempotency-Key`, a text of yours that is new for each request: sent
again within a day, the request is not carried out again but answered as before, with `Idempotent-Replayed: true`.
Problems are `application/problem+json` (RFC 9457); tell them apart by `code`.

The same facts come live as JSON over `/ws/api/v1/homes/{slug}/`, with the same token: first the `state`, then every
`change` with the `previous` revision it builds on, and a `heartbeat` every ten seconds. The socket takes commands too:
`{"id": 1, "action": "toggle", "appliance": 7, "is_on": true}` is answered by
`{"type": "answer", "id": 1, "ok": true, …}` with what the POST answers, or `"ok": false` with its `problem`. The
actions are `toggle`, `swap`, `wait`, `cancel_wait` and `fit`, with the fields of their bodies and, where wanted, `key`,
`dry_run` and `at`: the moment it was said. More than five seconds after that, or after it came, nothing is done
(`too_late`)."""

api = NinjaAPI(
    title="VoltSafe",
    version="1",
    description=ABOUT,
    openapi_url=None,
    docs_url=None,
    urls_namespace="api",
    auth=authentication.EITHER,
    parser=ExactParser(),
)
handlers.install(api)
api.add_decorator(changing.carefully)
for part in (homes, appliances, switching, circuits, waitlist, limits, balancing, decisions):
    api.add_router("", part.router)
