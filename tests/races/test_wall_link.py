"""Two screens use one link at the same moment: one becomes the wall screen, the other is told that it was used."""

import threading
from functools import partial

import pytest
from django.utils import timezone

from appliances.models import Decision, Home, Wall
from appliances.services import secret_text, walls
from appliances.services.outcome import Missing
from tests.builders import a_home, a_wall_to_be
from tests.races.crowd import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def home() -> Home:
    return a_home("Flat")


@pytest.fixture
def both_look_first(monkeypatch: pytest.MonkeyPatch) -> threading.Barrier:
    """Nobody goes on before both have found the link good."""
    both_have_looked = threading.Barrier(2)
    look = walls.at_link

    def looked(**given: object) -> Wall:
        found = look(**given)  # type: ignore[arg-type]
        both_have_looked.wait(30)
        return found

    monkeypatch.setattr(walls, "at_link", looked)
    return both_have_looked


def use(text: str) -> str:
    try:
        _row, secret = walls.link(text=text, now=timezone.now())
    except Missing:
        return ""
    return secret


def use_without_looking_again(text: str) -> str:
    """As anybody would write it first: look, then write."""
    row = walls.at_link(text=text, now=timezone.now())
    secret = secret_text.new(walls.PREFIX)
    Wall.objects.filter(pk=row.pk).update(digest=secret_text.digest(secret), link_digest="")
    return secret


def test_one_gets_it(home: Home, both_look_first: threading.Barrier) -> None:
    row, text = a_wall_to_be(home)

    [secret] = filter(None, at_once([partial(use, text)] * 2))

    assert walls.holding(secret=secret, now=timezone.now()) == row
    assert Decision.objects.filter(action="link_wall").count() == 1


def test_the_control_gives_it_to_both(home: Home, both_look_first: threading.Barrier) -> None:
    _row, text = a_wall_to_be(home)

    secrets = at_once([partial(use_without_looking_again, text)] * 2)

    assert len(list(filter(None, secrets))) == 2
