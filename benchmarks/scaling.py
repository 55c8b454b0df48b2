"""What ten thousand to ten million homes would need, drawn from stated assumptions and measured costs.

`python benchmarks/scaling.py` prints the tables of docs/design/scaling.md; `--write` puts them there, between its
markers. Standard library only, seeded: the same numbers every time. It is arithmetic on figures of one machine, not a
measurement of a fleet: it tells which resource ends first, and by which factor.
"""

import math
import random
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

DOCUMENT = Path(__file__).resolve().parents[1] / "docs/design/scaling.md"
MARKS = "<!-- from benchmarks/scaling.py -->", "<!-- to here -->"
FLEETS = (10_000, 100_000, 1_000_000, 10_000_000)
SAMPLE, SEED = 2_000, 20_26
MINUTES = 24 * 60
HOURS = (1, 1, 1, 1, 1, 2, 5, 8, 6, 4, 4, 5, 6, 5, 4, 4, 6, 9, 11, 10, 8, 6, 4, 2)
"""How a day's use is spread over its hours: up at seven, cooking and lights at six in the evening."""


def _of(value: float, said: str) -> Any:
    return field(default=value, metadata={"said": said})


@dataclass(frozen=True)
class Assumptions:
    """Of a home and its day. Nobody has measured them yet; change them and print the tables anew."""

    toggles: float = _of(30, "by people, a day, in a home of 15 appliances")
    spread: float = _of(0.8, "sigma of the log-normal factor by which homes differ")
    automated_homes: float = _of(0.3, "share of homes with an automation")
    automation_toggles: float = _of(40, "of an automation, a day, evenly")
    poll_every: float = _of(30, "seconds between two `GET load` of an automation")
    wall_homes: float = _of(0.15, "share of homes with a tablet on the wall, its page open all day")
    visits: float = _of(8, "pages opened on a phone, a day, each with a socket")
    visit_minutes: float = _of(3, "for which such a page stays open")
    waiting_homes: float = _of(
        0.02,
        "share of homes in which something waits or was shed: every decision has the controller work it out anew",
    )
    together: float = _of(0.05, "share of the evening's busiest hour that falls into one minute (the end of a match)")
    grid_homes: float = _of(
        0.2, "share of homes that the grid limits at once, in the busiest minute; each sheds two appliances"
    )
    kept_days: float = _of(365, "for which decisions are kept")


@dataclass(frozen=True)
class Costs:
    """By benchmarks/costs.py and, for `tend`, benchmarks/controller.py. CPU in milliseconds, sizes in bytes.

    On two shared cores, the best of four runs in which a request that does nothing took 1.0 ms. They are of PostgreSQL,
    from before a turn knew a home by its mark there (docs/design/write-path.md): rather too much than too little.
    """

    toggle_web: float = _of(3.5, "CPU of the web process, a toggle over the API")
    toggle_database: float = _of(2.2, "CPU of PostgreSQL, a toggle, with what the controller asks for it")
    toggle_wal: float = _of(1_400, "written ahead by PostgreSQL, a toggle")
    decision: float = _of(430, "on PostgreSQL's disk, a decision with its indexes")
    home: float = _of(4_300, "on PostgreSQL's disk, a home of 15 appliances")
    read_web: float = _of(2.2, "CPU of the web process, `GET load` or an unchanged one")
    read_database: float = _of(0.7, "CPU of PostgreSQL, the same")
    page_web: float = _of(7.0, "CPU of the web process, the dashboard of 15 appliances")
    page: float = _of(7_000, "sent, the dashboard, compressed")
    change_web: float = _of(
        4.6, "CPU of the web process, reading and rendering a change once for a home and a process that watch it"
    )
    frame_web: float = _of(0.07, "CPU of the web process, a frame at one socket")
    frame: float = _of(15_400, "sent, a frame")
    socket_memory: float = _of(36_000, "of the web process, an open socket")
    socket_web: float = _of(
        0.035, "CPU of the web process each second for an open socket: pings, heartbeat, the look at who may stay"
    )
    sleep: float = _of(0.2, "CPU of the controller, a decision in a home where it has nothing to do")
    tend: float = _of(21.0, "CPU of the controller, working out a home in which something waits or is limited")
    publish_redis: float = _of(0.43, "CPU of Redis, a message to the processes that watch a home")
    process_memory: float = _of(134e6, "of a web process without sockets")


@dataclass(frozen=True)
class Limits:
    """How full things are run, and what one of each is."""

    full: float = _of(0.6, "of a core, at the peak")
    sockets: float = _of(600, "of a web process (VOLTSAFE_SOCKETS)")
    database_cores: float = _of(16, "of one PostgreSQL server")
    connections: float = _of(14, "of a web process")
    database_connections: float = _of(1_200, "of one PostgreSQL server, without a pooler")
    database_disk: float = _of(2e12, "of one PostgreSQL server: what is restored within hours")


@dataclass(frozen=True)
class Load:
    """A fleet in its busiest second, and over a year."""

    homes: int
    toggles: float
    """a second, those of automations and the controller too"""
    reads: float
    """`GET load` a second"""
    pages: float
    """dashboards a second"""
    sockets: float
    waiting: float
    """homes that the controller works out each second"""
    toggles_a_day: float


@dataclass(frozen=True)
class Needs:
    web: int
    controllers: int
    databases: int
    redis: int
    memory: float
    """bytes, of the web processes"""
    disk: float
    """bytes, of all databases, when the record is as old as it gets"""
    wal: float
    """bytes a second, of all databases"""
    sent: float
    """bytes a second, to people"""


def day(said: Assumptions, *, homes: int = SAMPLE, seed: int = SEED) -> tuple[list[int], list[int], list[int]]:
    """A day of some homes by the minute: toggles of people, pages opened, sockets open."""
    chance = random.Random(seed)
    toggles, pages, sockets = [0] * MINUTES, [0] * MINUTES, [0] * MINUTES
    for _ in range(homes):
        factor = math.exp(chance.gauss(0, said.spread) - said.spread**2 / 2)
        for minute in _moments(chance, said.toggles * factor):
            toggles[minute] += 1
        for minute in _moments(chance, said.visits * factor):
            pages[minute] += 1
            stay = max(1, round(chance.expovariate(1 / said.visit_minutes)))
            for open_at in range(minute, minute + stay):
                sockets[open_at % MINUTES] += 1
        if chance.random() < said.wall_homes:
            sockets = [one + 1 for one in sockets]
    return toggles, pages, sockets


def _moments(chance: random.Random, mean: float) -> list[int]:
    """Minutes of a day, as many as a Poisson draw of that mean says."""
    count, left = 0, math.exp(-min(mean, 600.0))
    product = chance.random()
    while product > left:
        count += 1
        product *= chance.random()
    hours = chance.choices(range(24), HOURS, k=count)
    return [hour * 60 + chance.randrange(60) for hour in hours]


def load(homes: int, said: Assumptions, drawn: tuple[Sequence[int], Sequence[int], Sequence[int]], of: int) -> Load:
    """The fleet's busiest second: the drawn day scaled up, what happens together, and what chance adds."""
    toggles, pages, sockets = drawn
    times = homes / of
    in_hour = _busiest_hour(toggles) * times
    automated = homes * said.automated_homes * said.automation_toggles
    evenly = automated / 86_400
    at_once = in_hour * said.together / 60 + homes * said.grid_homes * 2 / 60
    every_second = _with_chance(in_hour / 3600 + at_once + evenly)
    return Load(
        homes=homes,
        toggles=every_second,
        reads=_with_chance(homes * said.automated_homes / said.poll_every),
        pages=_with_chance(_busiest_hour(pages) * times / 3600),
        sockets=max(sockets) * times,
        waiting=every_second * said.waiting_homes + homes * said.grid_homes * 2 / 60,
        toggles_a_day=sum(toggles) * times + automated,
    )


def _busiest_hour(minutes: Sequence[int]) -> int:
    return max(sum(minutes[hour * 60 : hour * 60 + 60]) for hour in range(24))


def _with_chance(mean: float) -> float:
    """The worst second of a day: five standard deviations above its mean."""
    return mean + 5 * math.sqrt(mean)


def needs(of: Load, said: Assumptions, costs: Costs, limits: Limits) -> Needs:
    watched = min(1.0, of.sockets / of.homes)
    changes = of.toggles * watched
    cpu = (
        of.toggles * costs.toggle_web
        + of.reads * costs.read_web
        + of.pages * costs.page_web
        + changes * (costs.change_web + costs.frame_web)
        + of.sockets * costs.socket_web
    )
    core = 1000 * limits.full
    web = _at_least(cpu / core, of.sockets / limits.sockets)
    disk = of.homes * costs.home + of.toggles_a_day * said.kept_days * costs.decision
    database_cpu = of.toggles * costs.toggle_database + (of.reads + of.pages + changes) * costs.read_database
    databases = _at_least(
        database_cpu / (core * limits.database_cores),
        web * limits.connections / limits.database_connections,
        disk / limits.database_disk,
    )
    return Needs(
        web=web,
        controllers=_at_least((of.waiting * costs.tend + of.toggles * costs.sleep) / core),
        databases=databases,
        redis=_at_least(of.toggles * costs.publish_redis / core),
        memory=web * costs.process_memory + of.sockets * costs.socket_memory,
        disk=disk,
        wal=of.toggles * costs.toggle_wal,
        sent=changes * costs.frame + of.pages * costs.page,
    )


def _at_least(*asked: float) -> int:
    return max(1, *(math.ceil(one) for one in asked))


def tables() -> str:
    said, costs, limits = Assumptions(), Costs(), Limits()
    drawn = day(said)
    loads = [load(homes, said, drawn, SAMPLE) for homes in FLEETS]
    found = [needs(one, said, costs, limits) for one in loads]
    parts = [
        _listed("assumed, of a home", said),
        _listed("measured", costs),
        _listed("how full", limits),
        _table(
            ("in the busiest second", *(f"{homes:,} homes" for homes in FLEETS)),
            [
                ("toggles", *(rounded(one.toggles) for one in loads)),
                ("`GET load` of automations", *(rounded(one.reads) for one in loads)),
                ("dashboards opened", *(rounded(one.pages) for one in loads)),
                ("sockets open", *(rounded(one.sockets) for one in loads)),
                ("homes the controller works out", *(rounded(one.waiting) for one in loads)),
            ],
        ),
        _table(
            ("needs", *(f"{homes:,} homes" for homes in FLEETS)),
            [
                ("web processes (cores)", *(f"{one.web:,}" for one in found)),
                ("controllers (cores)", *(f"{one.controllers:,}" for one in found)),
                ("PostgreSQL servers", *(f"{one.databases:,}" for one in found)),
                ("Redis servers", *(f"{one.redis:,}" for one in found)),
                ("memory of the web processes, GB", *(rounded(one.memory / 1e9) for one in found)),
                ("disk of the databases after a year, GB", *(rounded(one.disk / 1e9) for one in found)),
                ("written ahead, MB/s", *(rounded(one.wal / 1e6) for one in found)),
                ("sent to people, Mbit/s", *(rounded(one.sent * 8 / 1e6) for one in found)),
            ],
        ),
    ]
    return "\n".join(parts)


def _listed(title: str, figures: Assumptions | Costs | Limits) -> str:
    return _table(
        (title, "", "what"),
        [(one.name, _plain(getattr(figures, one.name)), one.metadata["said"]) for one in fields(figures)],
    )


def _plain(figure: float) -> str:
    return f"{figure:,.0f}" if figure >= 1000 else f"{figure:g}"


def rounded(figure: float) -> str:
    """To two digits that count: the rest would claim what nobody knows."""
    if figure <= 0:
        return "0"
    digits = 1 - math.floor(math.log10(figure))
    return f"{round(figure, digits):,.{max(0, digits)}f}"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---", *["--:"] * (len(head) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def within(document: str, text: str) -> str:
    """The document with this between its marks."""
    before, _mark, rest = document.partition(MARKS[0])
    _old, _mark, after = rest.partition(MARKS[1])
    return f"{before}{MARKS[0]}\n\n{text}\n{MARKS[1]}{after}"


if __name__ == "__main__":
    print(tables())
    if "--write" in sys.argv[1:]:
        DOCUMENT.write_text(within(DOCUMENT.read_text(), tables()))
