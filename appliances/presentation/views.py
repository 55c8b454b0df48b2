"""What a person is shown, as plain frozen dataclasses: templates and sockets get these, never rows.

Watts are exact `Decimal`s; every `…_text` is ready to show, in the reader's language. Percentages are `Decimal`s
with one decimal, rounded down, so that 100 is said only of a full circuit.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Segment:
    """A share of the main meter's bar: what one branch (or the main itself) draws; start and width in % of it."""

    name: str
    watts: Decimal
    watts_text: str
    start_percent: Decimal
    width_percent: Decimal
    shade: int


@dataclass(frozen=True, slots=True)
class Meter:
    """The home's main circuit, led by headroom; `percent` ends at 100, where the bar ends.

    `headroom_text` is what is free, or by how much it is too much; `headroom_word` says which.
    """

    home_name: str
    load_watts: Decimal
    shown_watts: Decimal
    """The load where the bar ends: never more than the limit."""
    limit_watts: Decimal
    headroom_watts: Decimal
    load_text: str
    limit_text: str
    headroom_text: str
    headroom_word: str
    percent: Decimal
    percent_text: str
    status: str
    status_text: str
    warning_percent: int
    critical_percent: int
    appliances_on: int
    appliances_total: int
    on_text: str
    value_text: str
    cap_text: str
    """The temporary limit in force, where that is what binds."""
    mode: str
    mode_text: str
    controller_url: str
    segments: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class CircuitBar:
    """One breaker: its name, what feeds it, what it carries. `depth` is 0 for the main circuit."""

    id: int
    name: str
    is_main: bool
    depth: int
    fed_from: str
    load_watts: Decimal
    shown_watts: Decimal
    """The load where the bar ends: never more than the limit."""
    limit_watts: Decimal
    headroom_watts: Decimal
    load_text: str
    limit_text: str
    headroom_text: str
    headroom_word: str
    percent: Decimal
    percent_text: str
    status: str
    status_text: str
    on_text: str
    value_text: str
    cap_text: str
    warning_percent: int
    critical_percent: int
    may_configure: bool
    edit_url: str
    add_appliance_url: str


@dataclass(frozen=True, slots=True)
class Claim:
    """On the tile of one that is off and shall be on: it waits, or it was shed. `why` is "waiting" or "shed"."""

    why: str
    text: str
    detail: str
    hint: str
    """What to do where it will not happen by itself."""
    hint_url: str
    cancel_url: str


@dataclass(frozen=True, slots=True)
class ApplianceCard:
    """One appliance with its switch, and whether it would fit, said before anyone taps."""

    id: int
    name: str
    kind: str
    kind_text: str
    circuit_id: int
    circuit_name: str
    rated_watts: Decimal
    rated_text: str
    is_on: bool
    state_text: str
    fits: bool
    short_by_watts: Decimal
    fit_text: str
    until: datetime | None
    """When what the tile says ends by itself, without a decision."""
    claim: Claim | None
    priority: int
    note: str
    may_switch: bool
    may_edit: bool
    switch_url: str
    wait_url: str
    """Empty where there is nothing to wait for."""
    edit_url: str


@dataclass(frozen=True, slots=True)
class Section:
    """A circuit and the appliances plugged in at it."""

    circuit: CircuitBar
    appliances: tuple[ApplianceCard, ...]


@dataclass(frozen=True, slots=True)
class FeedLine:
    """One decision in plain words."""

    id: int
    revision: int
    at: datetime
    at_text: str
    text: str
    by_text: str
    action: str
    outcome: str


@dataclass(frozen=True, slots=True)
class Feed:
    lines: tuple[FeedLine, ...]
    more_url: str


@dataclass(frozen=True, slots=True)
class Relief:
    """One tap that ends an overload: this appliance goes off. Where it is `held`, a tap that is held."""

    appliance_id: int
    text: str
    url: str
    held: bool = False


@dataclass(frozen=True, slots=True)
class Overload:
    """A circuit that carries more than its limit in force, and what to do about it."""

    circuit_id: int
    title: str
    text: str
    needs_person: bool
    ways: tuple[Relief, ...]


@dataclass(frozen=True, slots=True)
class LimitLine:
    """A temporary limit that is in force or to come; `until` is when that changes by the clock alone."""

    id: int
    is_in_force: bool
    text: str
    detail: str
    until: datetime
    lift_url: str


@dataclass(frozen=True, slots=True)
class QueueLine:
    appliance_id: int
    place: int
    name: str
    kind: str
    why: str
    text: str
    until_text: str
    cancel_url: str


@dataclass(frozen=True, slots=True)
class Pulse:
    """Whether a controller runs; `since` is the moment it was last seen, empty where all is well."""

    is_late: bool
    since: str
    text: str


@dataclass(frozen=True, slots=True)
class Board:
    """Everything on a home's page that changes with the home."""

    home_id: int
    home_slug: str
    home_name: str
    lineage: str
    revision: int
    role: str
    may_switch: bool
    may_edit: bool
    may_configure: bool
    may_manage: bool
    timezone: str
    meter: Meter
    overloads: tuple[Overload, ...]
    pulse: Pulse
    limits: tuple[LimitLine, ...]
    queue: tuple[QueueLine, ...]
    sections: tuple[Section, ...]
    feed: Feed


@dataclass(frozen=True, slots=True)
class WayOut:
    """One tap that makes room: these go off and the wanted one on, or nothing happens."""

    text: str
    off_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What VoltSafe says to the one who asked, inside the tile. `tone` is "refused" or "done"; `ways` may be empty.

    Where it is `held`, a way is taken by a tap that is held.
    """

    appliance_id: int
    tone: str
    text: str
    detail: str
    swap_url: str
    ways: tuple[WayOut, ...]
    wait_url: str = ""
    wait_text: str = ""
    held: bool = False
