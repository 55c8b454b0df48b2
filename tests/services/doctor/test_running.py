"""What the doctor says of what runs, and where."""

from collections import namedtuple
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from appliances import events
from appliances.models import Decision, Heartbeat, Home
from appliances.services.doctor import running
from appliances.services.doctor.finding import Finding, State
from tests.builders import a_home, a_limit, an_appliance

pytestmark = pytest.mark.django_db

Usage = namedtuple("Usage", "total used free")


def only(found: Any) -> Finding:
    (one,) = found
    assert one.do or one.state is State.WELL
    return one


def by_name(found: Any) -> dict[str, Finding]:
    return {one.name: one for one in found}


@pytest.mark.sqlite
@pytest.mark.parametrize(("beside", "state"), [(True, State.WELL), (False, State.WARNING)])
def test_a_layer_in_memory_is_for_one_process(settings: Any, beside: bool, state: State) -> None:
    settings.REDIS_URL, settings.CONTROLLER_BESIDE = "", beside

    assert only(running.channel_layer()).state is state


@pytest.mark.redis
def test_of_redis_it_tells_the_version() -> None:
    assert only(running.channel_layer()).said.startswith("Redis ")


@pytest.mark.parametrize(("version", "state"), [("7.0.15", State.WELL), ("5.0", State.WELL), ("4.0.9", State.WRONG)])
def test_a_redis_that_is_too_old(settings: Any, monkeypatch: pytest.MonkeyPatch, version: str, state: State) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    monkeypatch.setattr(events, "round_trip", lambda: None)
    monkeypatch.setattr(running.Redis, "info", lambda _self, _part: {"redis_version": version})

    assert only(running.channel_layer()).state is state


@pytest.mark.parametrize(
    ("ago", "state", "said"),
    [
        (None, "warning", "Has never run"),
        (timedelta(seconds=10), "well", "Ran 10 s ago"),
        (timedelta(minutes=5), "warning", "Last ran 5 minutes ago"),
        (timedelta(days=3), "warning", "Last ran 3 days ago"),
    ],
)
def test_when_a_controller_last_ran(ago: timedelta | None, state: str, said: str) -> None:
    now = timezone.now()
    if ago:
        Heartbeat.objects.create(pk=1, ran_at=now - ago)
    found = only(running.controller(now))

    assert found.state == state
    assert found.said.startswith(said)


def test_a_clock_that_was_set_back_is_told_by_the_record() -> None:
    a_home()
    recorded = Decision.objects.latest("pk").at

    assert by_name(running.clock(recorded))["clock"].state is State.WELL
    found = by_name(running.clock(recorded - timedelta(hours=3)))["clock"]
    assert found.state is State.WRONG
    assert "3 hours in the future" in found.said


def test_a_clock_that_never_was_set() -> None:
    assert by_name(running.clock(running.NOT_BEFORE - timedelta(days=9)))["clock"].state is State.WRONG


def test_two_clocks_that_differ(monkeypatch: pytest.MonkeyPatch) -> None:
    now = timezone.now()
    assert by_name(running.clock(now))["clock"].state is State.WELL
    monkeypatch.setattr(running, "_clock_of_database", lambda now: now - timedelta(seconds=30))

    assert "differ by 30 s" in by_name(running.clock(now))["clock"].said


def test_a_time_zone_that_is_not_known() -> None:
    home = a_home()
    assert by_name(running.clock(timezone.now()))["time zones"].state is State.WELL
    Home.objects.filter(pk=home.pk).update(timezone="Mars/Olympus")

    found = by_name(running.clock(timezone.now()))["time zones"]
    assert (found.state, found.said) == (State.WRONG, "This machine does not know Mars/Olympus.")


@pytest.mark.parametrize(("free", "state"), [(5000, "well"), (500, "warning"), (50, "wrong")])
def test_how_much_room_is_left(monkeypatch: pytest.MonkeyPatch, free: int, state: str) -> None:
    monkeypatch.setattr(running.shutil, "disk_usage", lambda _path: Usage(0, 0, free * 1024**2))
    found = by_name(running.disk())["disk"]

    assert (found.state, found.said.split()[0]) == (state, str(free))


MOUNTED = """\
/dev/sda1 / ext4 rw 0 0
server:/home /srv/home nfs4 rw 0 0
tmpfs /srv/home/of\\040ada tmpfs rw 0 0
/dev/sdb1 /srv/home/local ext4 rw 0 0
"""


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("folder", "state"),
    [
        ("/var/lib/voltsafe", "well"),
        ("/srv/home/data", "wrong"),
        ("/srv/home", "wrong"),
        ("/srv/home/of ada", "warning"),
        ("/srv/home/local/data", "well"),
        ("/srv/homes", "well"),
    ],
)
def test_sqlite_on_a_network_share(
    settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, folder: str, state: str
) -> None:
    (tmp_path / "mounts").write_text(MOUNTED)
    monkeypatch.setattr(running, "MOUNTS", tmp_path / "mounts")
    monkeypatch.setattr(running.shutil, "disk_usage", lambda _path: Usage(0, 0, 1))
    settings.DATA_DIR = folder

    assert by_name(running.disk())["file system"].state == state


def test_where_mounts_are_not_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(running, "MOUNTS", tmp_path / "none")

    assert running._file_system(tmp_path) == ""


def test_an_overload_is_named_by_home_and_breaker() -> None:
    home = a_home("Flat", limit_watts=5000)
    an_appliance(home, watts=Decimal("3000.5"), on=True)
    now = timezone.now()
    assert only(running.overloads(now)).said == "None is open."
    a_limit(home, 2000, hours=2)

    found = only(running.overloads(timezone.now()))
    assert found.state is State.WRONG
    assert found.said == "Flat: Main carries 1000.5 W more than its limit."
