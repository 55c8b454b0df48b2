"""Switching many appliances at once: each by itself, and each told."""

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client

from appliances.admin import one_by_one
from appliances.models import Appliance, Decision, User
from tests.admin.pages import act, said
from tests.builders import a_home, an_appliance, main_of

pytestmark = pytest.mark.django_db


def plain(texts: list[str]) -> list[str]:
    return [text.replace("\N{NARROW NO-BREAK SPACE}", " ") for text in texts]


def test_switches_on_what_fits_most_important_first_and_tells_of_each(admin: Client, keeper: User) -> None:
    home = a_home("Flat", limit_watts=3000)
    heater = an_appliance(home, "Heater", watts=1500, priority=2)
    oven = an_appliance(home, "Oven", watts=2000, priority=6)
    lamp = an_appliance(home, "Lamp", watts=60, priority=1)
    fridge = an_appliance(home, "Fridge", watts=150, priority=9, on=True)

    answer = act(admin, "switch_on", heater, oven, lamp, fridge)

    assert plain(said(answer)) == [
        "Switched on one by one, the highest priority first; each was decided by itself.",
        "Fridge is already on.",
        "Oven on, 2 000 W.",
        "Heater stays off. It needs 1 500 W, but Main has only 850 W free: 650 W too much.",
        "Lamp on, 60 W.",
    ]
    assert set(Appliance.objects.filter(is_on=True)) == {fridge, oven, lamp}
    assert main_of(home).load == 2210
    newest = Decision.objects.order_by("-id")[:3]
    assert [(row.subject_name, row.outcome) for row in newest] == [
        ("Lamp", "granted"),
        ("Heater", "refused"),
        ("Oven", "granted"),
    ]
    assert {row.actor_name for row in newest} == {keeper.username}
    assert LogEntry.objects.count() == 2


def test_the_page_shows_what_is_said(admin: Client) -> None:
    heater = an_appliance(a_home("Flat", limit_watts=1000), "Heater", watts=1500)

    act(admin, "switch_on", heater)
    html = admin.get("/admin/appliances/appliance/").content.decode()

    assert '<li class="error">Heater stays off.' in html


def test_switches_off_and_says_what_was_off_already(admin: Client) -> None:
    home = a_home("Flat")
    oven, lamp = an_appliance(home, "Oven", watts=2000, on=True), an_appliance(home, "Lamp", watts=60)

    answer = act(admin, "switch_off", oven, lamp)

    assert plain(said(answer)) == ["Oven off, 2 000 W free again.", "Lamp is already off."]
    assert main_of(home).load == 0


def test_takes_only_so_many_at_once(admin: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(one_by_one, "MOST", 1)
    home = a_home("Flat")
    oven, lamp = an_appliance(home, "Oven"), an_appliance(home, "Lamp")

    answer = act(admin, "switch_on", oven, lamp)

    assert said(answer)[-1] == "Choose at most 1 at once. Nothing was changed."
    assert not Appliance.objects.switched_on().exists()
