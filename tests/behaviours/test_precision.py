"""Exact to the milliwatt: what fits to the last one fits, and one more is too much."""

from decimal import Decimal

import pytest
from django.db import connection

from appliances.models import Appliance, Home
from appliances.services import appliance, circuit, switching
from appliances.services.cleaning import Invalid
from appliances.services.outcome import Refused
from tests.builders import a_home, an_appliance, main_of, turn_off, turn_on
from tests.services.asking import BY
from tests.services.rows import load_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def home() -> Home:
    return a_home(limit_watts=5000)


def test_exactly_the_limit_fits(home: Home) -> None:
    turn_on(an_appliance(home, watts="5000.0"))

    assert load_of(home) == 5000


@pytest.mark.parametrize("too_much", ["0.1", "0.001", "0.999", "1"])
def test_a_milliwatt_above_the_limit_is_a_milliwatt_too_much(home: Home, too_much: str) -> None:
    heater = an_appliance(home, watts=5000 + Decimal(too_much))

    with pytest.raises(Refused) as refusal:
        turn_on(heater)

    assert refusal.value.decision.exceeded_by == Decimal(too_much)
    assert refusal.value.decision.load_after == 5000 + Decimal(too_much)


def test_ten_times_a_tenth_of_a_watt_is_one_watt() -> None:
    home = a_home(limit_watts=1)

    for lamp in [an_appliance(home, watts="0.1") for _ in range(10)]:
        turn_on(lamp)

    assert load_of(home) == 1


def test_switching_on_and_off_leaves_no_crumbs(home: Home) -> None:
    lamps = [an_appliance(home, watts=watts) for watts in ("0.1", "0.2", "0.3", "1000.007")]

    for step in (turn_on, turn_off):
        for lamp in lamps:
            step(lamp)

    assert load_of(home) == 0


@pytest.mark.parametrize("watts", ["0.0001", "1000.0005", "5000.0001"])
def test_a_fourth_decimal_is_refused_and_never_rounded(home: Home, watts: str) -> None:
    kettle = an_appliance(home, watts=2000)

    with pytest.raises(Invalid, match="three decimals"):
        appliance.change(appliance_id=kettle.pk, wanted={"rated": Decimal(watts)}, **BY)
    with pytest.raises(Invalid, match="three decimals"):
        circuit.change(circuit_id=main_of(home).pk, wanted={"limit": watts}, **BY)

    assert Appliance.objects.get(pk=kettle.pk).rated == 2000
    assert main_of(home).limit == 5000


def test_a_binary_fraction_is_refused_since_it_is_not_what_somebody_wrote(home: Home) -> None:
    kettle = an_appliance(home, watts=2000)

    with pytest.raises(Invalid, match="rated"):
        appliance.change(appliance_id=kettle.pk, wanted={"rated": 0.1}, **BY)


def test_the_database_keeps_whole_milliwatts(home: Home) -> None:
    an_appliance(home, watts="1234.567", on=True)

    with connection.cursor() as cursor:
        cursor.execute("SELECT load_mw FROM appliances_circuit WHERE home_id = %s", [home.pk])
        assert cursor.fetchone() == (1_234_567,)


def test_the_largest_home_is_as_exact_as_the_smallest() -> None:
    home = a_home(limit_watts="999999999.999")
    an_appliance(home, watts="999999999.998", on=True)
    spark = an_appliance(home, watts="0.002")

    with pytest.raises(Refused) as refusal:
        switching.switch(appliance_id=spark.pk, on=True, **BY)

    assert refusal.value.decision.exceeded_by == Decimal("0.001")
    assert load_of(home) == Decimal("999999999.998")
