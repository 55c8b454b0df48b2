"""Would it fit? Said at any time, of what a switch-on would be answered, and without a trace."""

import pytest

from appliances.balancer import admission
from appliances.models import Appliance, Home
from appliances.services import fitting, reading
from appliances.services.outcome import Refused
from tests.builders import NOW, a_circuit, a_home, an_appliance, main_of, turn_on
from tests.services.rows import newest, revision_of

pytestmark = pytest.mark.django_db


def refusal_of(row: Appliance) -> admission.Refused | None:
    return fitting.refusal(reading.tree_of(row.home_id, NOW), row.pk)


@pytest.fixture
def home() -> Home:
    return a_home(limit_watts=5000)


def test_it_fits_to_the_last_milliwatt(home: Home) -> None:
    an_appliance(home, watts=3000, on=True)
    kettle, oven = an_appliance(home, watts=2000), an_appliance(home, watts="2000.001")

    assert refusal_of(kettle) is None
    assert refusal_of(oven) is not None


def test_it_says_what_the_refusal_would_say(home: Home) -> None:
    kitchen = a_circuit(home, "Kitchen", limit_watts=3000)
    an_appliance(home, watts=2500, at=kitchen, on=True)
    kettle = an_appliance(home, watts=2600, at=kitchen)

    said = refusal_of(kettle)
    with pytest.raises(Refused) as refusal:
        turn_on(kettle)

    decision = refusal.value.decision
    assert said is not None
    assert (said.at.circuit_id, said.at.circuit_name) == (decision.circuit_id, decision.circuit_name)
    assert (said.requested_mw, said.exceeded_by_mw) == (decision.requested * 1000, decision.exceeded_by * 1000)
    assert (said.at.load_before_mw, said.at.load_after_mw, said.at.limit_mw) == (
        decision.load_before * 1000,
        decision.load_after * 1000,
        decision.limit * 1000,
    )
    assert [[load.id for load in way.off] for way in said.ways] == [
        [one["id"] for one in way] for way in decision.facts["make_room"]
    ]


def test_what_is_on_fits(home: Home) -> None:
    heater = an_appliance(home, watts=5000, on=True)

    assert refusal_of(heater) is None


def test_asking_leaves_no_trace(home: Home) -> None:
    kettle = an_appliance(home, watts=6000)
    revision, recorded = revision_of(home), newest(home)

    assert refusal_of(kettle) is not None

    assert (revision_of(home), newest(home), main_of(home).load) == (revision, recorded, 0)
