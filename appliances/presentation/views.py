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
    """The home's main circuit, led by headroom. `scale_…` place the marks on a bar that ends at the limit."""

    home_name: str
    load_watts: Decimal
    limit_watts: Decimal
    headroom_watts: Decimal
    load_text: str
    limit_text: str
    headroom_text: str
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
    limit_watts: Decimal
    headroom_watts: Decimal
    load_text: str
    limit_text: str
    headroom_text: str
    percent: Decimal
    percent_text: str
    status: str
    status_text: str
    on_text: str
    value_text: str
    warning_percent: int
    critical_percent: int
    may_configure: bool
    edit_url: str
    add_appliance_url: str


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
    priority: int
    note: str
    may_switch: bool
    may_edit: bool
    switch_url: str
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
class Board:
    """Everything on a home's page that changes with the home."""

    home_id: int
    home_slug: str
    home_name: str
    revision: int
    role: str
    may_switch: bool
    may_edit: bool
    may_configure: bool
    meter: Meter
    sections: tuple[Section, ...]
    feed: Feed


@dataclass(frozen=True, slots=True)
class WayOut:
    """One tap that makes room: these go off and the wanted one on, or nothing happens."""

    text: str
    off_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What VoltSafe says to the one who asked, inside the tile. `tone` is "refused" or "done"; `ways` may be empty."""

    appliance_id: int
    tone: str
    text: str
    detail: str
    swap_url: str
    ways: tuple[WayOut, ...]
