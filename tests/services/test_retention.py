"""What goes by itself: once a day, a little at a time, and never what is not to go."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from appliances.models import Answered, Attempt, Decision, Invitation
from appliances.services import pruning, retention, tending
from appliances.services.retention import Sweep
from tests.builders import NOW, a_home, a_person, an_appliance, an_invitation, turn_off, turn_on

pytestmark = pytest.mark.django_db

YEAR = timedelta(days=365)
LATER = max(NOW, timezone.now()) + 2 * YEAR


@pytest.fixture
def _kept_for_a_year(settings: Any) -> None:
    settings.KEEP_DECISIONS = YEAR


def many() -> int:
    return Decision.objects.exclude(home=None).count()


@pytest.mark.usefixtures("_kept_for_a_year")
def test_batch_by_batch_through_every_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pruning, "BATCH", 2)
    for _ in range(3):
        an_appliance(a_home())
    sweep = Sweep()

    went = [sweep.step(LATER + timedelta(seconds=second)) for second in range(6)]

    assert went == [2, 2, 2, 0, 0, 0]
    assert many() == 3


@pytest.mark.usefixtures("_kept_for_a_year")
def test_a_day_later_again_and_not_before() -> None:
    home, sweep = a_home(), Sweep()
    lamp = an_appliance(home)
    sweep.step(LATER)
    sweep.step(LATER)
    turn_on(lamp)
    turn_off(lamp)

    assert sweep.step(LATER + timedelta(hours=23)) == 0
    assert sweep.step(LATER + timedelta(hours=24)) == 2


@pytest.mark.usefixtures("_kept_for_a_year")
def test_a_year_is_kept() -> None:
    an_appliance(a_home())

    assert Sweep().step(NOW + timedelta(days=364)) == 0


def test_kept_for_ever_nothing_goes() -> None:
    an_appliance(a_home())

    assert Sweep().step(LATER) == 0


@pytest.mark.usefixtures("_kept_for_a_year")
def test_the_controller_does_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "daily", Sweep())
    an_appliance(a_home())

    tending.tick(LATER)

    assert many() == 1


@pytest.mark.usefixtures("_kept_for_a_year")
def test_a_home_that_cannot_be_is_passed_over_and_told_of(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    odd, _other = an_appliance(a_home()).home_id, an_appliance(a_home())
    remove = pruning.remove

    def only_the_other(home_id: int | None, before: Any) -> Any:
        if home_id == odd:
            raise pruning.Contradiction(odd, "it jumps")
        return remove(home_id, before)

    monkeypatch.setattr(pruning, "remove", only_the_other)

    assert Sweep().step(LATER) == 2
    assert f"home {odd}: it jumps" in caplog.text


def test_what_passes_is_forgotten_and_what_holds_is_kept() -> None:
    now, user = timezone.now(), a_person()
    for key, age in (("old", 25), ("new", 23)):
        Answered.objects.create(user=user, key=key, fingerprint="x", at=now - timedelta(hours=age))
    for key, age in (("old", 61), ("new", 59)):
        Attempt.objects.create(key=key, failures=1, last_at=now - timedelta(minutes=age))
    home = a_home()
    for name in ("Bob", "Eve"):
        an_invitation(home, name)
    Invitation.objects.filter(name="Bob").update(expires_at=now - timedelta(days=31))
    Invitation.objects.filter(name="Eve").update(expires_at=now - timedelta(days=29))

    assert retention.forget_what_passes(now) == {
        "answers to requests with a key": 1,
        "tries without success": 1,
        "sessions": 0,
        "invitations": 1,
    }

    assert list(Answered.objects.values_list("key", flat=True)) == ["new"]
    assert list(Attempt.objects.values_list("key", flat=True)) == ["new"]
    assert list(Invitation.objects.values_list("name", flat=True)) == ["Eve"]
