"""Alive, ready, and the figures for a monitor."""

import os
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.utils import timezone

from appliances.interlock import guard
from appliances.models import Token
from appliances.services import readiness, writer
from tests.builders import a_home, a_person, a_token, an_appliance, turn_on

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.everywhere]


def test_alive_says_ok(client: Client) -> None:
    assert client.get("/healthz").content == b"ok\n"


def test_ready_names_every_check(client: Client) -> None:
    answer = client.get("/readyz")

    # What they say first: a number alone would not tell which of them it was.
    assert set(answer.json()["checks"].items()) == {(name, "ok") for name in readiness.CHECKS}
    assert answer.status_code == 200


def test_a_database_without_its_interlock_is_not_ready(client: Client) -> None:
    guard.remove(connection)
    try:
        answer = client.get("/readyz")
    finally:
        guard.install(connection)

    assert answer.status_code == 503
    assert answer.json()["checks"]["interlock"] == "missing"


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("flag", "free", "said"), [(0, 100, "the disk is full"), (os.ST_RDONLY, 10**6, "the disk is read-only")]
)
def test_a_disk_that_takes_nothing_more_is_not_ready(
    client: Client, monkeypatch: pytest.MonkeyPatch, flag: int, free: int, said: str
) -> None:
    monkeypatch.setattr(os, "statvfs", lambda _path: SimpleNamespace(f_flag=flag, f_bavail=free, f_frsize=4096))

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json()["checks"]["writing"] == said


@pytest.mark.sqlite
def test_a_write_that_failed_is_told_until_one_succeeds_again(client: Client) -> None:
    kettle = an_appliance(a_home(), "Kettle")
    with writer.of_this_process(), connection.cursor() as cursor:
        cursor.execute("PRAGMA query_only = 1")
    try:
        with pytest.raises(OperationalError, match="readonly"):
            turn_on(kettle)
        while_it_cannot = client.get("/readyz")
    finally:
        with writer.of_this_process(), connection.cursor() as cursor:
            cursor.execute("PRAGMA query_only = 0")

    assert while_it_cannot.status_code == 503
    assert while_it_cannot.json()["checks"]["writing"] == "the database cannot be written"
    assert client.get("/readyz").status_code == 200


def test_metrics_are_for_administrators(client: Client, flat: dict[str, Any]) -> None:
    assert client.get("/metrics").status_code == 401
    client.force_login(flat["owner"])
    assert client.get("/metrics").status_code == 401
    _row, text = a_token(a_person(is_staff=True), "prometheus")

    answer = client.get("/metrics", headers={"Authorization": f"Bearer {text}"})

    assert answer.status_code == 200
    assert 'voltsafe_load_watts{circuit="Main",home="harbour-flat"} 3900.0' in answer.content.decode()


@pytest.mark.parametrize(
    ("scope", "is_staff", "status"), [("read", True, 200), ("admin", True, 200), ("admin", False, 401)]
)
def test_a_read_token_of_an_administrator_is_enough_for_metrics(
    client: Client, scope: str, is_staff: bool, status: int
) -> None:
    _row, text = a_token(a_person(is_staff=is_staff), scope=scope)

    assert client.get("/metrics", headers={"Authorization": f"Bearer {text}"}).status_code == status


def test_a_token_that_is_over_or_of_no_scope_sees_no_metrics(client: Client) -> None:
    _row, text = a_token(a_person(is_staff=True))

    for change in ({"scope": "root"}, {"scope": "read", "expires_at": timezone.now()}):
        Token.objects.update(**change)
        assert client.get("/metrics", headers={"Authorization": f"Bearer {text}"}).status_code == 401, change


def test_a_token_that_is_wrong_is_not_made_good_by_a_session(client: Client) -> None:
    client.force_login(a_person(is_staff=True))

    assert client.get("/metrics").status_code == 200
    assert client.get("/metrics", headers={"Authorization": "Bearer vs_wrong"}).status_code == 401
