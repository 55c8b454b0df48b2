"""What the lists of the administration show of each row."""

from html.parser import HTMLParser

import pytest
from django.db.models import Model
from django.test import Client

from appliances.models import Appliance, Circuit, Decision, Home
from tests.admin.pages import url
from tests.builders import a_circuit, a_home, an_appliance

pytestmark = pytest.mark.django_db


class Cells(HTMLParser):
    """The texts of a list's cells, row by row, without the boxes to tick."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self._in_table = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tbody":
            self._in_table = True
        elif self._in_table and tag == "tr":
            self.rows.append([])

    def handle_endtag(self, tag: str) -> None:
        self._in_table = self._in_table and tag != "tbody"

    def handle_data(self, data: str) -> None:
        if self._in_table and data.strip():
            self.rows[-1].append(data.strip().replace("\N{NARROW NO-BREAK SPACE}", " "))


def listed(admin: Client, model: type[Model], **query: str) -> list[list[str]]:
    html = admin.get(url("changelist", model), query).content.decode()
    cells = Cells()
    cells.feed(html[html.index('id="result_list"') :])
    return cells.rows


@pytest.fixture
def kitchen(db: None) -> Circuit:
    home = a_home("Flat", limit_watts=5000)
    kitchen = a_circuit(home, "Kitchen", limit_watts=3000)
    an_appliance(home, "Oven", watts=2400, at=kitchen, on=True, kind="oven", priority=6)
    an_appliance(home, "Lamp", watts="0.5")
    a_home("Barn", limit_watts=3000)
    return kitchen


def test_a_home_shows_what_its_supply_carries(admin: Client, kitchen: Circuit) -> None:
    assert listed(admin, Home) == [
        ["Barn", "barn", "0 W", "3 000 W", "0 %", "Safe", "0 of 0 on", "2"],
        ["Flat", "flat", "2 400 W", "5 000 W", "48 %", "Safe", "1 of 2 on", "6"],
    ]


def test_a_circuit_shows_what_it_carries_by_the_thresholds_of_its_home(admin: Client, kitchen: Circuit) -> None:
    assert listed(admin, Circuit, q="flat") == [
        ["Main", "Flat", "-", "2 400 W", "5 000 W", "48 %", "Safe"],
        ["Kitchen", "Flat", "Main", "2 400 W", "3 000 W", "80 %", "Nearly full"],
    ]


def test_an_appliance_shows_its_place_its_watts_and_its_state(admin: Client, kitchen: Circuit) -> None:
    assert listed(admin, Appliance) == [
        ["Oven", "Flat", "Kitchen", "2 400 W", "On", "6", "Oven"],
        ["Lamp", "Flat", "Main", "0.5 W", "Off", "5", "Other"],
    ]


def test_a_decision_is_shown_as_a_sentence_with_its_home(admin: Client, kitchen: Circuit) -> None:
    rows = [row[1:] for row in listed(admin, Decision)]

    assert rows[0] == ["Barn", "Main added.", "granted", "VoltSafe", "add circuit"]
    assert ["Flat", "Oven on, 2 400 W.", "granted", "VoltSafe", "switch on"] in rows
