"""`manage.py prune`: what it removes, what it would remove, and what it always keeps."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError
from django.db import connection
from django.utils import timezone

from appliances.interlock import guard
from appliances.models import Answered, Decision, Home
from appliances.services import actor, switching
from tests.builders import a_home, a_person, an_appliance
from tests.management.commands import said

pytestmark = pytest.mark.django_db


@pytest.fixture
def flat() -> Home:
    """Three old decisions, then one of now."""
    of = a_home("Flat")
    lamp = an_appliance(of)
    switching.switch(appliance_id=lamp.pk, on=True, by=actor.SYSTEM, now=timezone.now())
    past_the_interlock(of, [1, 2, 3], at=timezone.now() - timedelta(days=100))
    return of


def past_the_interlock(of: Home, revisions: list[int], **fields: Any) -> None:
    connection.check_constraints()
    guard.remove(connection)
    Decision.objects.filter(home=of, revision__in=revisions).update(**fields)
    guard.install(connection)


def left(of: Home) -> list[int]:
    return list(Decision.objects.filter(home=of).order_by("revision").values_list("revision", flat=True))


def test_what_is_older_goes(flat: Home) -> None:
    assert said("prune", "--keep", "90d").startswith("flat: 3 decisions.\n3 decisions from before ")

    assert left(flat) == [4]
    assert said("verify") == "Everything adds up.\n"


def test_before_a_day(flat: Home) -> None:
    day = (timezone.now() - timedelta(days=99)).date()

    assert said("prune", "--before", str(day)).endswith(f"from before {day} 00:00 UTC were removed.\n")

    assert left(flat) == [4]


def test_a_dry_run_only_tells(flat: Home) -> None:
    Answered.objects.create(user=a_person(), key="old", fingerprint="x", at=timezone.now() - timedelta(days=2))

    assert said("prune", "--keep", "90d", "--dry-run").endswith("would be removed.\n")

    assert left(flat) == [1, 2, 3, 4]
    assert Answered.objects.exists()


def test_as_it_is_set_up(flat: Home, settings: Any) -> None:
    assert "kept for ever" in said("prune")
    assert left(flat) == [1, 2, 3, 4]

    settings.KEEP_DECISIONS = timedelta(days=60)

    assert "3 decisions" in said("prune")
    assert left(flat) == [4]


def test_what_else_is_over_goes_too() -> None:
    Answered.objects.create(user=a_person(), key="old", fingerprint="x", at=timezone.now() - timedelta(days=2))

    assert said("prune").startswith("answers to requests with a key: 1 removed.\n")


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        (["--keep", "3d"], "keep 7d at least"),
        (["--keep", "much"], "set it to days or weeks"),
        (["--before", "yesterday"], "give a day such as"),
        (["--before", "2999-01-01"], "the last 7 days are always kept"),
    ],
)
def test_nonsense_is_named(flat: Home, typed: list[str], words: str) -> None:
    with pytest.raises(CommandError, match=words):
        said("prune", *typed)

    assert left(flat) == [1, 2, 3, 4]


def test_a_record_that_does_not_add_up_is_left_and_named(flat: Home, capsys: Any) -> None:
    past_the_interlock(flat, [2], revision=9)

    with pytest.raises(CommandError, match="1 of the above"):
        said("prune", "--keep", "90d")

    assert "manage.py verify" in capsys.readouterr().err
    assert len(left(flat)) == 4
