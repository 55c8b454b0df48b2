"""The arithmetic of the simulation on a case that can be done by hand, and that the document says what it prints."""

from dataclasses import fields, replace

import pytest

from benchmarks import scaling
from benchmarks.scaling import Assumptions, Costs, Limits, Load

NOTHING = Costs(**{one.name: 0.0 for one in fields(Costs)})
SAID = Assumptions(kept_days=10)
LIMITS = Limits(
    full=0.5, sockets=100, database_cores=2, connections=10, database_connections=100, database_disk=1_000_000
)
SMALL = Load(homes=100, toggles=50, reads=20, pages=10, sockets=50, waiting=5, toggles_a_day=1000)


def test_the_busiest_second_by_hand() -> None:
    evening = 19 * 60
    toggles = [600 if minute == evening else 0 for minute in range(scaling.MINUTES)]
    pages = [36 if minute == evening else 0 for minute in range(scaling.MINUTES)]
    said = Assumptions(
        automated_homes=0.5, automation_toggles=864, poll_every=10, together=0.1, grid_homes=0.3, waiting_homes=0.25
    )
    found = scaling.load(200, said, (toggles, pages, [7] * scaling.MINUTES), of=100)

    # 1200 in the hour, 2 a second of them together; 120 shed by the grid in a minute; 1 a second by automations.
    a_second = 1200 / 3600 + 1200 * 0.1 / 60 + 200 * 0.3 * 2 / 60 + 1
    assert found.toggles == pytest.approx(a_second + 5 * a_second**0.5)
    assert found.reads == pytest.approx(10 + 5 * 10**0.5)
    assert found.pages == pytest.approx(72 / 3600 + 5 * (72 / 3600) ** 0.5)
    assert found.sockets == 14
    assert found.waiting == pytest.approx(found.toggles * 0.25 + 200 * 0.3 * 2 / 60)
    assert found.toggles_a_day == 1200 + 200 * 0.5 * 864


def test_processes_are_as_many_as_their_work_takes() -> None:
    costs = replace(NOTHING, toggle_web=20, read_web=5, page_web=10, change_web=3, frame_web=1, socket_web=2)
    # 1000 + 100 + 100 + 25 watched changes of 4 + 100 = 1400 ms a second, of 500 that a process is to do.
    assert scaling.needs(SMALL, SAID, costs, LIMITS).web == 3


def test_processes_are_as_many_as_their_sockets_take() -> None:
    assert scaling.needs(replace(SMALL, sockets=401), SAID, NOTHING, LIMITS).web == 5


def test_databases_by_work_by_connections_and_by_disk() -> None:
    def databases(load: Load = SMALL, **costs: float) -> int:
        return scaling.needs(load, SAID, replace(NOTHING, **costs), LIMITS).databases

    assert databases() == 1
    # 2000 + 55 reads of 20 = 3100 ms a second, of 1000 that two cores are to do.
    assert databases(toggle_database=40, read_database=20) == 4
    # 21 processes of 10 connections.
    assert databases(replace(SMALL, sockets=2100)) == 3
    # 100 homes of 5,000 bytes and 10,000 decisions of 151.
    assert databases(home=5_000, decision=151) == 3


def test_controllers_redis_memory_disk_and_network() -> None:
    costs = replace(
        NOTHING,
        tend=100,
        sleep=11,
        publish_redis=20,
        process_memory=1000,
        socket_memory=10,
        home=100,
        decision=7,
        toggle_wal=30,
        frame=40,
        page=50,
    )
    found = scaling.needs(SMALL, SAID, costs, LIMITS)
    assert (found.controllers, found.redis) == (3, 2)
    assert found.memory == 1000 + 500
    assert found.disk == 100 * 100 + 10 * 1000 * 7
    assert found.wal == 50 * 30
    assert found.sent == 25 * 40 + 10 * 50


def test_the_day_is_the_same_every_time_and_near_what_is_assumed() -> None:
    said = Assumptions(spread=0.5)
    toggles, pages, sockets = scaling.day(said, homes=500)
    assert (toggles, pages, sockets) == scaling.day(said, homes=500)
    assert 0.9 < sum(toggles) / 500 / said.toggles < 1.1
    assert 0.9 < sum(pages) / 500 / said.visits < 1.1
    assert min(sockets) >= 500 * said.wall_homes * 0.7


def test_figures_are_rounded_to_two_digits() -> None:
    said = [scaling.rounded(figure) for figure in (0, 0.0123, 0.5, 9.9, 123, 98_765, 1_234_567)]
    assert said == ["0", "0.012", "0.50", "9.9", "120", "99,000", "1,200,000"]


def test_the_document_says_what_the_script_prints() -> None:
    document = scaling.DOCUMENT.read_text()
    assert document.count(scaling.MARKS[0]) == document.count(scaling.MARKS[1]) == 1
    assert scaling.within(document, scaling.tables()) == document
