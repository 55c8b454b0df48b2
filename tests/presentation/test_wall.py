"""A wall screen: push equals page, commands of its own, and none where it only looks."""

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from appliances.models import Home
from appliances.presentation import answers, snapshot, wall, wall_frames
from appliances.presentation.wall import WallScreen
from appliances.services.outcome import Refused
from tests.builders import a_limit, a_person, a_wall, an_appliance, turn_on
from tests.presentation import markup
from tests.presentation.test_push_equals_page import STEPS, armed, flat, without_swap_marks

__all__ = ["flat"]

pytestmark = pytest.mark.django_db

PRESSED = {"button", "input", "form", "a"}


def seen(row: Home, role: str = "guest") -> WallScreen:
    return wall.screen(snapshot.read(row.pk, feed=0), role)


def every(frame: str) -> list[markup.Node]:
    return [node for piece in markup.roots(frame) for node in markup.every(piece)]


@pytest.mark.parametrize("role", ["guest", "viewer"])
@pytest.mark.parametrize("step", STEPS.values(), ids=STEPS.keys())
def test_old_page_and_frame_are_the_new_page(flat: dict[str, Any], step: Callable[..., Any], role: str) -> None:
    old = seen(flat["home"], role)
    page = markup.parse(wall_frames.full(old))

    step(flat)
    new = seen(flat["home"], role)
    markup.apply(page, wall_frames.change(old, new))

    assert without_swap_marks(page) == without_swap_marks(markup.parse(wall_frames.full(new)))


def test_the_page_shows_what_a_full_frame_pushes(flat: dict[str, Any], client: Client) -> None:
    a_person()
    _row, client.cookies[settings.WALL_COOKIE_NAME] = a_wall(flat["home"])

    page = markup.parse(client.get("/wall/").content.decode())
    frame = markup.parse(wall_frames.full(seen(flat["home"])))

    for name in ("overload", "pulse", "limits", "meter", "board"):
        shown, pushed = markup.find(page, name), markup.find(frame, name)
        assert shown is not None
        assert pushed is not None
        assert without_swap_marks(shown) == without_swap_marks(pushed)


def test_an_answer_and_a_push_are_the_same_bytes(flat: dict[str, Any]) -> None:
    old = seen(flat["home"])
    turn_on(flat["oven"])
    new = seen(flat["home"])

    push = wall_frames.change(old, new)

    for piece in wall_frames.touched(new, [flat["oven"].pk]):
        assert piece in push


def test_a_change_pushes_only_what_differs(flat: dict[str, Any]) -> None:
    lamp = an_appliance(flat["home"], "Lamp", watts=10)
    old = seen(flat["home"])
    turn_on(lamp)

    ids = [piece[1]["id"] for piece in markup.roots(wall_frames.change(old, seen(flat["home"])))]

    assert ids == ["revision", "meter", f"appliance-{lamp.pk}"]


@pytest.fixture
def troubled(flat: dict[str, Any]) -> dict[str, Any]:
    """Too much load that a person has to end, and something that waits."""
    STEPS["one waits"](flat)
    armed(flat, "observing")
    a_limit(flat["home"], 500)
    return flat


def test_every_command_is_one_of_the_wall_and_is_held(troubled: dict[str, Any]) -> None:
    buttons = [node for node in every(wall_frames.full(seen(troubled["home"]))) if node[0] == "button"]

    assert {one[1]["id"].split("-")[0] for one in buttons} == {"switch", "cancel", "relief"}
    for one in buttons:
        assert one[1]["formaction"] == one[1]["hx-post"]
        assert one[1]["hx-post"].startswith("/wall/appliances/")
        assert one[1]["hx-trigger"] == "held"
        assert "data-hold" in one[1]
        assert "id" in one[1]


def test_one_that_only_looks_has_nothing_to_press(troubled: dict[str, Any]) -> None:
    found = every(wall_frames.full(seen(troubled["home"], "viewer")))

    assert not PRESSED & {node[0] for node in found}
    assert "switch" not in {node[1].get("role") for node in found}


def test_every_piece_has_one_root_with_an_id_and_every_id_is_there_once(troubled: dict[str, Any]) -> None:
    frame = wall_frames.full(seen(troubled["home"]))
    ids = [node[1]["id"] for node in every(frame) if "id" in node[1]]

    assert all(piece[1].get("id") for piece in markup.roots(frame))
    assert len(ids) == len(set(ids))


def test_a_refusal_has_the_same_words_and_the_ways_of_the_wall(flat: dict[str, Any]) -> None:
    turn_on(flat["oven"])
    with pytest.raises(Refused) as no:
        turn_on(flat["kettle"])

    said = answers.refused(no.value.decision)
    here = wall.held(said)

    assert (here.text, here.detail, here.ways) == (said.text, said.detail, said.ways)
    assert here.swap_url == f"/wall/appliances/{flat['kettle'].pk}/swap/"
    assert here.wait_url == f"/wall/appliances/{flat['kettle'].pk}/wait/"
