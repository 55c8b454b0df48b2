"""A tablet on the wall, from its link to the day it is taken down."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import PASSWORD, Server, is_live, sign_in, switch_of
from tests.journeys.test_accessibility import WIDTHS, troubles

Serve = Callable[..., Any]
Window = Callable[..., Any]

TABLET = {"width": 820, "height": 1180}
HOLD, SHORT = 1000, 250
SIZES = [(width, 1180) for width in WIDTHS] + [(1280, 800)]


def wake(page: Any) -> None:
    """These run by night too, when the first touch is for the light."""
    page.keyboard.press("Shift")


def press(page: Any, button: Any, milliseconds: int) -> None:
    """A finger, or a mouse, down and up again."""
    wake(page)
    button.scroll_into_view_if_needed()
    box = button.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.wait_for_timeout(milliseconds)
    page.mouse.up()


def link_made_by(owner: Any, *, only_looks: bool = False) -> str:
    """On the page of wall screens, as an owner does it."""
    owner.goto(f"{owner.url.split('/homes/')[0]}/homes/{owner.url.split('/homes/')[1].split('/')[0]}/walls/")
    owner.get_by_label("Name").fill("Attic" if only_looks else "Hallway")
    owner.get_by_label("Only looks").set_checked(only_looks)
    owner.get_by_role("button", name="Add, and make its link").click()
    if owner.get_by_label("Your password", exact=True).count():
        owner.get_by_label("Your password", exact=True).fill(PASSWORD)
        owner.get_by_role("button", name="Add, and make its link").click()
    return str(owner.locator("#wall-url").inner_text())


def linked(window: Window, url: str, **options: Any) -> Any:
    tablet = window(viewport=TABLET, **options)
    tablet.goto(url)
    tablet.get_by_role("button", name="Make it the wall screen").click()
    tablet.wait_for_url("**/wall/")
    is_live(tablet)
    return tablet


@pytest.fixture
def server(serve: Serve) -> Server:
    started: Server = serve()
    return started


@pytest.fixture
def owner(server: Server, window: Window) -> Any:
    return sign_in(window(), server)


@pytest.fixture
def tablet(owner: Any, window: Window) -> Any:
    return linked(window, link_made_by(owner))


def test_a_link_makes_one_screen_and_no_second(owner: Any, window: Window) -> None:
    url = link_made_by(owner)
    linked(window, url)
    other = window(viewport=TABLET)

    other.goto(url)

    expect(other.get_by_role("heading")).to_have_text("This link does not work any more")


def test_a_long_press_switches_and_the_board_shows_it(tablet: Any, owner: Any) -> None:
    press(tablet, switch_of(tablet, "Oven"), HOLD)

    expect(switch_of(tablet, "Oven")).to_have_attribute("aria-checked", "true")
    expect(tablet.locator("#meter")).to_have_attribute("data-status", "warning")
    owner.goto(owner.url.split("walls/")[0])
    expect(switch_of(owner, "Oven")).to_have_attribute("aria-checked", "true")
    assert "Hallway" in owner.locator("#feed").inner_text()


def test_a_screen_that_was_there_before_a_restore_shows_what_came_back(
    server: Server, tablet: Any, tmp_path: Path
) -> None:
    """It remembers later revisions than there are now; those are no reason to take what comes for old."""
    server.manage("backup", str(tmp_path / "before.zip"))
    press(tablet, switch_of(tablet, "Oven"), HOLD)
    expect(switch_of(tablet, "Oven")).to_have_attribute("aria-checked", "true")
    server.stop()
    server.manage("restore", str(tmp_path / "before.zip"), "--replace")
    beats: list[str] = []

    def listen(socket: Any) -> None:
        socket.on("framereceived", lambda frame: beats.append(frame) if "data-heartbeat" in frame else None)

    tablet.on("websocket", listen)
    with tablet.expect_event("load", timeout=40_000):
        server.start()

    assert len(beats) < 2, "two that tell of an older revision would have loaded it anew by themselves"
    is_live(tablet)
    expect(switch_of(tablet, "Oven")).to_have_attribute("aria-checked", "false")


def test_a_short_press_only_hints(tablet: Any) -> None:
    asked: list[str] = []
    tablet.on("request", lambda request: asked.append(request.url) if request.method == "POST" else None)
    oven = switch_of(tablet, "Oven")

    press(tablet, oven, SHORT)

    expect(oven.get_by_text("Hold to switch on")).to_be_visible()
    press(tablet, oven, SHORT)
    press(tablet, oven, SHORT)
    tablet.wait_for_timeout(HOLD)
    assert asked == []
    assert oven.get_attribute("aria-checked") == "false"


def test_a_press_that_slips_off_is_not_meant(tablet: Any) -> None:
    oven = switch_of(tablet, "Oven")
    box = oven.bounding_box()

    wake(tablet)
    tablet.mouse.move(box["x"] + 20, box["y"] + 20)
    tablet.mouse.down()
    tablet.mouse.move(5, 5)
    tablet.wait_for_timeout(HOLD)
    tablet.mouse.up()

    assert oven.get_attribute("aria-checked") == "false"


def test_a_ring_fills_while_it_is_held(tablet: Any) -> None:
    oven = switch_of(tablet, "Oven")
    box = oven.bounding_box()

    wake(tablet)
    tablet.mouse.move(box["x"] + 40, box["y"] + 40)
    tablet.mouse.down()

    run = "one => one.querySelector('.hold-run').getAnimations().map(run => run.effect.getTiming().duration)"
    assert oven.evaluate(run) == [700]
    tablet.mouse.up()
    assert oven.evaluate(run) == []


def test_a_refusal_speaks_in_the_tile_and_its_way_out_is_held(tablet: Any) -> None:
    press(tablet, switch_of(tablet, "Oven"), HOLD)
    expect(switch_of(tablet, "Oven")).to_have_attribute("aria-checked", "true")

    press(tablet, switch_of(tablet, "Kettle"), HOLD)

    way = tablet.get_by_role("button", name="Switch off Oven (2")
    expect(tablet.get_by_text("Kettle stays off.")).to_be_visible()
    press(tablet, way, SHORT)
    expect(tablet.locator("#hint")).to_have_text("Hold the button to do it.")
    expect(switch_of(tablet, "Oven")).to_have_attribute("aria-checked", "true")
    press(tablet, way, HOLD)
    expect(switch_of(tablet, "Kettle")).to_have_attribute("aria-checked", "true")
    expect(switch_of(tablet, "Oven")).to_have_attribute("aria-checked", "false")


def test_a_key_is_pressed_twice_or_held(tablet: Any) -> None:
    oven = switch_of(tablet, "Oven")
    oven.focus()

    tablet.keyboard.press("Enter")
    expect(tablet.locator("#hint")).to_have_text("Oven: Press again to confirm.")
    assert oven.get_attribute("aria-checked") == "false"
    tablet.keyboard.press("Enter")
    expect(oven).to_have_attribute("aria-checked", "true")

    tablet.keyboard.down("Space")
    tablet.wait_for_timeout(HOLD)
    tablet.keyboard.up("Space")
    expect(oven).to_have_attribute("aria-checked", "false")
    assert tablet.evaluate("document.activeElement.id") == oven.get_attribute("id")


def test_a_screen_reader_presses_twice(tablet: Any) -> None:
    oven = switch_of(tablet, "Oven")

    oven.evaluate("one => one.click()")
    expect(tablet.locator("#hint")).to_have_text("Oven: Press again to confirm.")
    assert oven.get_attribute("aria-checked") == "false"
    oven.evaluate("one => one.click()")

    expect(oven).to_have_attribute("aria-checked", "true")


def test_one_that_only_looks_is_live_and_has_nothing_to_press(owner: Any, window: Window) -> None:
    tablet = linked(window, link_made_by(owner, only_looks=True))
    before = tablet.locator("#meter .wall-figure").inner_text()
    owner.goto(owner.url.split("walls/")[0])
    is_live(owner)

    switch_of(owner, "Oven").click()

    expect(tablet.locator("#meter .wall-figure")).not_to_have_text(before, timeout=2000)
    assert tablet.locator("#live :is(button, a, [role=switch])").count() == 0


def test_it_is_dark_at_night_until_it_is_touched_and_the_first_touch_is_for_the_light(
    tablet: Any, server: Server, window: Window
) -> None:
    kept = tablet.context.storage_state()
    night = window(viewport=TABLET, storage_state=kept)
    night.clock.install(time="2026-11-26T21:59:50Z")
    night.goto(f"{server.url}/wall/")
    is_live(night)
    expect(night.locator("body")).not_to_have_class("is-wall is-night")

    night.clock.run_for(15_000)
    expect(night.locator("body")).to_have_class("is-wall is-night")
    assert night.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(0, 0, 0)"

    box = switch_of(night, "Oven").bounding_box()
    night.mouse.move(box["x"] + 40, box["y"] + 40)
    night.mouse.down()
    expect(night.locator("body")).to_have_class("is-wall is-night is-awake")
    night.clock.run_for(2_000)
    night.mouse.up()
    assert switch_of(night, "Oven").get_attribute("aria-checked") == "false"

    night.clock.run_for(31_000)
    expect(night.locator("body")).to_have_class("is-wall is-night")


def test_one_that_is_removed_says_so_by_itself(tablet: Any, owner: Any) -> None:
    owner.goto(f"{owner.url.split('walls/')[0].rstrip('/')}/walls/")
    owner.get_by_role("link", name="Remove Hallway").click()
    owner.get_by_role("button", name="Remove").click()

    expect(tablet.get_by_role("heading")).to_have_text("This screen is no longer linked", timeout=6000)


def test_one_that_is_changed_shows_itself_anew(tablet: Any, owner: Any) -> None:
    owner.goto(f"{owner.url.split('walls/')[0].rstrip('/')}/walls/")
    owner.get_by_role("link", name="Change Hallway").click()
    owner.get_by_label("Only looks").check()
    owner.get_by_role("button", name="Save").click()

    tablet.locator("[role=switch]").first.wait_for(state="detached", timeout=10_000)
    is_live(tablet)


def test_a_lost_connection_cannot_be_overlooked(tablet: Any, server: Server) -> None:
    server.stop()

    tablet.wait_for_selector("body[data-connection=lost]", timeout=15_000)

    expect(tablet.locator("#connection")).to_contain_text("Connection lost")
    assert "out of date" in str(tablet.get_by_role("meter").get_attribute("aria-valuetext"))


def test_without_javascript_a_tap_is_asked_about_once_more(tablet: Any, server: Server, window: Window) -> None:
    plain = window(viewport=TABLET, java_script_enabled=False, storage_state=tablet.context.storage_state())
    plain.goto(f"{server.url}/wall/")

    switch_of(plain, "Oven").click()
    expect(plain.get_by_role("heading")).to_have_text("Switch Oven on?")
    plain.get_by_role("button", name="Yes").click()

    expect(switch_of(plain, "Oven")).to_have_attribute("aria-checked", "true")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_by_day_and_by_night(
    tablet: Any, owner: Any, server: Server, window: Window, scheme: str
) -> None:
    found: dict[str, list[str]] = {}

    def look(page: Any, name: str) -> None:
        for width, height in SIZES:
            page.set_viewport_size({"width": width, "height": height})
            found[f"{name} {width}"] = troubles(page)
            wide = page.evaluate("document.documentElement.scrollWidth")
            assert wide <= width, f"{name} is {wide} px wide at {width}"
        small = "[...document.querySelectorAll('.wall-face')].filter(one => one.offsetHeight < 120).length"
        assert page.evaluate(small) == 0

    kept = tablet.context.storage_state()
    look_of = {"viewport": TABLET, "color_scheme": scheme, "reduced_motion": "reduce", "storage_state": kept}
    day, night = window(**look_of), window(**look_of)
    day.clock.install(time="2026-11-26T12:00:00Z")
    night.clock.install(time="2026-11-26T23:30:00Z")
    for page in (day, night):
        page.goto(f"{server.url}/wall/")
        is_live(page)
    press(day, switch_of(day, "Oven"), HOLD)
    expect(switch_of(day, "Oven")).to_have_attribute("aria-checked", "true")
    press(day, switch_of(day, "Kettle"), HOLD)
    day.get_by_text("Kettle stays off.").wait_for()
    look(day, "day")
    look(night, "night")
    owner.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    url = link_made_by(owner)
    look(owner, "the link")
    walls = owner.get_by_role("link", name="Wall screens").get_attribute("href")
    for path in (walls, "/account/tokens/", "/wall/", url.removeprefix(server.url)):
        owner.goto(server.url + path)
        look(owner, path[:20])

    assert {name: lines for name, lines in found.items() if lines} == {}
