"""Waiting for room, limits for a while, the order and the plan, in a browser and with the controller running."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import expect

from tests.journeys.conftest import is_live, sign_in, switch_of

Serve = Callable[..., Any]
Window = Callable[..., Any]

SHEDDABLE = "from appliances.models import Appliance; Appliance.objects.update(may_be_shed=True)"
SOME_LIMIT = """
from datetime import timedelta
from django.utils import timezone
from appliances.models import Home
from appliances.services import actor, limits
now = timezone.now()
limits.add(
    home_id=Home.objects.get().pk, wanted={"limit": %d, "ends_at": now + timedelta(hours=2), "source": "grid"},
    by=actor.SYSTEM, now=now,
)
"""


def home_of(page: Any) -> str:
    return str(page.url).split("#")[0].split("?")[0]


def arm(page: Any) -> None:
    home = home_of(page)
    page.get_by_role("link", name="Controller: Off").click()
    page.get_by_role("radio", name="Armed").check()
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Saved.").wait_for()
    page.goto(home)
    is_live(page)


def test_refused_then_in_line_then_started_when_another_goes_off(serve: Serve, window: Window) -> None:
    page = sign_in(window(), serve())
    arm(page)
    switch_of(page, "Oven").click()
    page.wait_for_selector("#meter[data-status=warning]")
    switch_of(page, "Kettle").click()
    page.get_by_text("Kettle stays off.").first.wait_for()

    page.get_by_role("button", name="Start when there is room", exact=True).click()
    page.locator("#queue").get_by_text("Kettle").wait_for()
    expect(page.locator(".claim")).to_contain_text("first in line")
    expect(
        page.get_by_text("Kettle stays off.").locator("visible=true").and_(page.locator(".reply-fact"))
    ).to_have_count(0)
    switch_of(page, "Oven").click()

    expect(switch_of(page, "Kettle")).to_have_attribute("aria-checked", "true", timeout=15_000)
    expect(page.locator("#queue")).to_be_hidden()


def test_waiting_is_taken_back_with_the_keyboard(serve: Serve, window: Window) -> None:
    page = sign_in(window(), serve())
    is_live(page)
    switch_of(page, "Oven").click()
    page.wait_for_selector("#meter[data-status=warning]")

    page.get_by_role("button", name="Start Kettle when there is room").press("Enter")
    cancel = page.get_by_role("button", name="Cancel: Kettle waits no longer")
    cancel.wait_for()
    expect(page.locator(".claim")).to_contain_text("will not start by itself")
    cancel.press("Enter")

    expect(page.locator("#queue")).to_be_hidden()
    expect(switch_of(page, "Kettle")).to_be_focused()


def test_lowering_a_limit_shows_what_goes_off_and_then_does_it(serve: Serve, window: Window) -> None:
    server = serve()
    page = sign_in(window(), server)
    is_live(page)
    server.manage("shell", "-c", SHEDDABLE)

    page.get_by_role("link", name="Change Living and study").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Limit (W)").fill("1000")
    dialog.get_by_role("button", name="Save", exact=True).click()
    dialog.get_by_text("It fits if these are switched off").wait_for()
    assert "Space heater" in dialog.locator(".preview-lines").inner_text()
    dialog.get_by_role("button", name="Save, and switch these off").click()
    dialog.wait_for(state="hidden")

    expect(switch_of(page, "Space heater")).to_have_attribute("aria-checked", "false")
    expect(page.locator(".circuit", has_text="Living and study")).to_contain_text("of 1\u202f000\u202fW")


def test_a_limit_is_set_and_lifted_and_the_overload_calls_out(serve: Serve, window: Window) -> None:
    page = sign_in(window(), serve())
    is_live(page)
    page.locator("#more").click()
    page.get_by_role("link", name="Limit for a while").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Limit (W)").fill("1500")
    dialog.get_by_label("Because of").select_option("generator")
    dialog.get_by_role("button", name="Limit", exact=True).click()

    page.locator("#limits").get_by_text("Main: Generator, 1\u202f500\u202fW until").wait_for()
    expect(page.locator("#overload")).to_contain_text("too much")
    expect(page.locator("#meter")).to_have_attribute("data-status", "over")
    page.locator("#overload").get_by_role("button").first.click()
    expect(page.locator("#overload .notice")).to_have_count(0)

    page.get_by_role("link", name="Lift: Main: Generator").click()
    dialog.get_by_role("button", name="Lift").click()
    expect(page.locator("#limits")).to_be_hidden()


def test_a_limit_of_others_appears_by_itself(serve: Serve, window: Window) -> None:
    server = serve()
    page = sign_in(window(), server)
    is_live(page)

    server.manage("shell", "-c", SOME_LIMIT % 1200)

    expect(page.locator("#limits")).to_contain_text("Grid limit", timeout=8_000)
    expect(page.locator("#meter .meter-word")).to_have_text("too much")


def test_the_order_is_changed_with_the_keyboard_and_kept(serve: Serve, window: Window) -> None:
    page = sign_in(window(), serve())
    page.goto(home_of(page) + "order/")
    names = page.locator(".order-line")
    second = names.nth(1).get_attribute("data-name")
    up = names.nth(1).get_by_role("button", name=f"{second} up")

    with page.expect_response(lambda answer: answer.request.method == "POST") as saved:
        up.press("Enter")

    assert saved.value.status == 204
    expect(names.first).to_have_attribute("data-name", str(second))
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == f"{second} up"
    expect(page.locator("#order-said")).to_have_text(f"{second}: place 1 of 14.")
    page.reload()
    expect(names.first).to_have_attribute("data-name", str(second))


def test_the_order_is_changed_by_dragging(serve: Serve, window: Window) -> None:
    page = sign_in(window(), serve())
    page.goto(home_of(page) + "order/")
    lines = page.locator(".order-line")
    first = str(lines.first.get_attribute("data-name"))
    grip, third = lines.first.locator(".order-grip").bounding_box(), lines.nth(2).bounding_box()

    page.mouse.move(grip["x"] + 5, grip["y"] + 5)
    page.mouse.down()
    page.mouse.move(grip["x"] + 5, third["y"] + third["height"] - 4, steps=8)
    with page.expect_response(lambda answer: answer.request.method == "POST") as saved:
        page.mouse.up()

    assert saved.value.status == 204
    page.reload()
    expect(lines.nth(2)).to_have_attribute("data-name", first)


def test_the_order_works_without_javascript(serve: Serve, window: Window) -> None:
    page = sign_in(window(java_script_enabled=False), serve())
    page.goto(home_of(page) + "order/")
    second = page.locator(".order-line").nth(1).get_attribute("data-name")

    page.get_by_role("button", name=f"{second} up").click()

    expect(page.locator(".order-line").first).to_have_attribute("data-name", str(second))
    expect(page.get_by_role("button", name=f"{second} up")).to_be_focused()


def test_the_planner_answers_at_once(serve: Serve, window: Window) -> None:
    page = sign_in(window(), serve())
    page.goto(home_of(page) + "plan/")

    page.get_by_label("Oven").check()
    expect(page.locator(".verdict-word")).to_contain_text("fit together")
    page.get_by_label("Kettle").check()

    expect(page.locator(".verdict-word")).to_contain_text("do not fit together")
    expect(page.locator(".verdict-head")).to_contain_text("Main would carry")


def test_another_kind_fills_in_its_rules(serve: Serve, window: Window) -> None:
    page = sign_in(window(), serve())
    is_live(page)
    page.get_by_role("link", name="Add an appliance").first.click()
    dialog = page.get_by_role("dialog")

    dialog.get_by_label("Kind").select_option("fridge")
    expect(dialog.get_by_label("Off for at least")).to_have_value("3 min")
    dialog.get_by_label("Kind").select_option("hair_dryer")

    expect(dialog.get_by_label("Off by itself after")).to_have_value("1 h")


def test_a_controller_that_dies_is_said_without_a_revision(serve: Serve, window: Window) -> None:
    server = serve()
    server.stop()
    server.environment["VOLTSAFE_CONTROLLER"] = "0"
    server.start()
    page = sign_in(window(), server)
    server.manage("controller", "--once")
    arm(page)
    expect(page.locator("#pulse .notice")).to_have_count(0)

    server.manage(
        "shell",
        "-c",
        "from appliances.models import Heartbeat; from datetime import timedelta; from django.utils import timezone;"
        "Heartbeat.objects.update(ran_at=timezone.now() - timedelta(minutes=3))",
    )

    expect(page.locator("#pulse")).to_contain_text("The controller has not run since", timeout=15_000)
    server.manage("controller", "--once")
    expect(page.locator("#pulse .notice")).to_have_count(0, timeout=15_000)
