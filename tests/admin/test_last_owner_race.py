"""Two owners who go at the same moment: one of them stays."""

import contextlib
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, connection
from django.test import Client

from appliances.models import Membership
from appliances.models.membership import Role
from appliances.services import membership
from tests.admin.pages import opened, url
from tests.builders import a_home, a_person, confirm
from tests.races.crowd import without_locks

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.everywhere]


def demoting(client: Client, row: Membership) -> Callable[[], object]:
    address = url("change", row)
    sent = {**opened(client, address), "role": Role.GUEST}
    return lambda: client.post(address, sent)


def deleting(client: Client, row: Membership) -> Callable[[], object]:
    return lambda: client.post(url("delete", row.user), {"post": "yes"})


def both_go(
    monkeypatch: pytest.MonkeyPatch, how: Callable[[Client, Membership], Callable[[], object]]
) -> tuple[int, int]:
    """Each waits, after it was found that the other stays, for the other to find the same.

    Returns how many were free to go, and how many owners are left.
    """
    home = a_home("Flat", owner=a_person("ada"))
    a_person("bob", home=home)
    keeper = a_person(is_staff=True, is_superuser=True)
    keep, meeting, free = membership.keep_an_owner, threading.Barrier(2), []

    def keep_and_meet(*, without: Membership) -> None:
        keep(without=without)
        free.append(without.pk)
        with contextlib.suppress(threading.BrokenBarrierError):
            meeting.wait(0.5)

    def going(row: Membership) -> Callable[[], None]:
        client = Client()
        client.force_login(keeper)
        confirm(client, keeper)
        go = how(client, row)

        def gone() -> None:
            try:
                with contextlib.suppress(IntegrityError):
                    go()
            finally:
                connection.close()

        return gone

    monkeypatch.setattr(membership, "keep_an_owner", keep_and_meet)
    threads = [threading.Thread(target=going(row)) for row in Membership.objects.all()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(free), Membership.objects.filter(role=Role.OWNER).count()


@pytest.mark.parametrize("how", [demoting, deleting])
def test_one_owner_stays(monkeypatch: pytest.MonkeyPatch, how: Any) -> None:
    assert both_go(monkeypatch, how) == (1, 1)


@pytest.mark.postgres  # SQLite's transaction is its lock: there is no race to show.
@pytest.mark.parametrize("how", [demoting, deleting])
def test_without_the_lock_both_are_free_to_go(monkeypatch: pytest.MonkeyPatch, how: Any) -> None:
    """Then only the record, one decision a revision, still stops one of them."""
    without_locks(monkeypatch)

    assert both_go(monkeypatch, how) == (2, 1)
