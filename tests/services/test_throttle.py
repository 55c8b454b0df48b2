"""How tries are counted: for a place at a secret, a little more slowly each time, and forgotten in the end."""

from datetime import timedelta

import pytest

from appliances.models import Attempt
from appliances.services import throttle
from appliances.services.throttle import Throttled
from tests.builders import NOW

pytestmark = pytest.mark.django_db

HOME, AWAY = "192.0.2.10", "198.51.100.7"


def tried(name: str = "ada", at: str = AWAY, times: int = 1) -> None:
    for _try in range(times):
        throttle.take(throttle.sign_in(name, at), NOW)


def test_a_try_that_is_not_judged_is_not_counted() -> None:
    tried(times=5)

    for _try in range(3):
        with pytest.raises(Throttled):
            tried()

    assert set(Attempt.objects.values_list("failures", flat=True)) == {5}


def test_the_wait_doubles_up_to_the_longest() -> None:
    waits = [throttle.ACCOUNT.wait(failures).total_seconds() for failures in range(4, 13)]

    assert waits == [0, 1, 2, 4, 8, 16, 32, 60, 60]


def test_an_hour_later_it_is_forgotten() -> None:
    tried(times=5)

    throttle.take(throttle.sign_in("ada", AWAY), NOW + throttle.FORGOTTEN_AFTER + timedelta(seconds=1))

    assert throttle.prune(NOW + timedelta(hours=3)) == 2


def test_the_second_factor_is_not_forgiven_by_the_password() -> None:
    for _try in range(5):
        throttle.take(throttle.second_factor(1, AWAY), NOW)
    throttle.succeeded(throttle.sign_in("ada", AWAY))

    with pytest.raises(Throttled):
        throttle.take(throttle.second_factor(1, AWAY), NOW)


def test_addresses_of_one_subscriber_are_one_place() -> None:
    assert throttle.place("2001:db8:1:2::1") == throttle.place("2001:db8:1:2:ffff::9")
    assert throttle.place("2001:db8:1:3::1") != throttle.place("2001:db8:1:2::1")
    assert throttle.place("::ffff:192.0.2.10") == HOME


def test_no_name_and_no_address_is_kept() -> None:
    tried("ada", HOME)

    assert not any("ada" in key or HOME in key for key in Attempt.objects.values_list("key", flat=True))
