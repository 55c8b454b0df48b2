"""Watts go in and out exactly or not at all."""

from decimal import Decimal
from typing import Any

import pytest

from appliances.models import Appliance
from tests.api.conftest import Flat, code_of

EXACT = {
    "2000": "2000",
    "2000.0": "2000",
    "0.001": "0.001",
    "0.5": "0.5",
    "5000.100": "5000.1",
    "1e3": "1000",
    "25E-1": "2.5",
    "5000.0000000000000000000000000000000000000": "5000",
    "1000000000": "1000000000",
    "999999999.999": "999999999.999",
    '"2000"': "2000",
    '"0.125"': "0.125",
    '"3680.5"': "3680.5",
}

NOT_EXACT = (
    "0.0001",
    "1.00000000000000001",
    "5000.00000000000000000000000000001",
    "1e-4",
    "1e400",
    "-1e400",
    "1e99999999999999999999",
    "1e-99999999999999999999",
    "NaN",
    "Infinity",
    "-Infinity",
    "1000000000.001",
    "9" * 5000,
    "0." + "0" * 5000 + "1",
    "0",
    "-1",
    "true",
    "null",
    "[]",
    "{}",
    '""',
    '" 5"',
    '"5 W"',
    '"1e3"',
    '"1_000"',
    '"NaN"',
    '"0.0001"',
    '"-5"',
    '"+5"',
    '"٥"',
    '"5,5"',
    '"0x10"',
    '"00000000005"',
)


def test_what_is_exact_is_kept_exactly(patch: Any, lamp: Appliance) -> None:
    for sent, kept in EXACT.items():
        answer = patch(f'{{"rated_watts": {sent}}}')
        assert answer.status_code == 200, sent
        assert Appliance.objects.get(pk=lamp.pk).rated == Decimal(kept)
        assert Decimal(str(answer.json()["rated_watts"])) == Decimal(kept)


def test_what_is_not_exact_is_refused_and_never_rounded(patch: Any, lamp: Appliance) -> None:
    for sent in NOT_EXACT:
        answer = patch(f'{{"rated_watts": {sent}}}')
        assert answer.status_code == 422, sent
        assert code_of(answer) == "invalid"
        assert list(answer.json()["errors"]) == ["rated_watts"]
    assert Appliance.objects.get(pk=lamp.pk).rated == Decimal("0.5")


@pytest.mark.parametrize("path", ["/homes", "/homes/harbour-flat/circuits"])
def test_limits_are_as_exact(ask: Any, path: str) -> None:
    answer = ask("post", path, '{"name": "New", "limit_watts": 3680.0001}')

    assert answer.json()["errors"] == {"limit_watts": ["Watts have at most three decimals."]}


def test_ten_tenths_are_one(ask: Any, flat: Flat) -> None:
    for number in range(10):
        made = ask("post", "/homes/harbour-flat/appliances", {"name": f"Tenth {number}", "rated_watts": 0.1}).json()
        answer = ask("post", f"/appliances/{made['id']}/toggle", {"is_on": True})

    assert answer.json()["load"]["load_watts"] == 3901
