"""How often something may happen, on a clock that the test sets."""

from voltsafe.buckets import Buckets


def test_a_full_bucket_gives_as_many_as_it_holds_and_then_none() -> None:
    buckets = Buckets(3)

    assert [buckets.take("ada", 0) for _ in range(4)] == [True, True, True, False]


def test_it_fills_again_by_the_minute_and_never_beyond() -> None:
    buckets = Buckets(3)
    for _ in range(3):
        buckets.take("ada", 0)

    assert buckets.is_empty("ada", 19)
    assert not buckets.is_empty("ada", 20)
    assert [buckets.take("ada", 9999) for _ in range(4)] == [True, True, True, False]


def test_one_key_takes_nothing_from_another() -> None:
    buckets = Buckets(1)
    buckets.take("ada", 0)

    assert buckets.take("bob", 0)


def test_it_tells_how_long_the_next_one_takes() -> None:
    buckets = Buckets(6)
    for _ in range(6):
        buckets.take("ada", 0)

    assert buckets.seconds_until_next("ada", 0) == 10
    assert buckets.seconds_until_next("ada", 4) == 6
    assert buckets.seconds_until_next("bob", 0) == 0


def test_what_is_remembered_has_an_end_whoever_comes() -> None:
    buckets = Buckets(1, most_keys=10)
    for number in range(1000):
        buckets.take(f"address {number}", 0)

    assert len(buckets._left) <= 10
    assert buckets.is_empty("address 999", 0)


def test_those_that_are_full_again_are_forgotten_first() -> None:
    buckets = Buckets(2, most_keys=4)
    for name in ("old", "older", "oldest"):
        buckets.take(name, 0)
    for name in ("new", "newer"):
        buckets.take(name, 100)

    assert set(buckets._left) == {"new", "newer"}
