"""Refused, and helped; edited without leaving the page."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import expect

from tests.journeys.conftest import is_live, sign_in, switch_of

Serve = Callable[..., Any]
Window = Callable[..., Any]


def test_a_refusal_offers_ways_out_and_one_tap_takes_one(serve: Serve, window: Window) -> None:
    page = sign_in(window(), serve())
    is_live(page)
    switch_of(page, "Oven").click()
    page.wait_for_selector("#meter[data-status=warning]")

    switch_of(page, "Kettle").click()
    page.get_by_text("Kettle stays off.").first.wait_for()
    assert switch_of(page, "Kettle").get_attribute("aria-checked") == "false"
    page.get_by_role("button", name="Switch off Oven").first.click()

    expect(switch_of(page, "Kettle")).to_have_attribute("aria-checked", "true")
    expect(switch_of(page, "Oven")).to_have_attribute("aria-checked", "false")


def test_a_push_does_not_erase_what_someone_is_being_told(serve: Serve, window: Window) -> None:
    server = serve()
    mine, theirs = sign_in(window(), server), sign_in(window(), server)
    is_live(mine)
    switch_of(mine, "Oven").click()
    mine.wait_for_selector("#meter[data-status=warning]")
    switch_of(mine, "Kettle").click()
    mine.get_by_text("Kettle stays off.").first.wait_for()
    before = mine.locator("#meter .figure").inner_text()

    switch_of(theirs, "Television").click()

    expect(mine.locator("#meter .figure")).not_to_have_text(before)
    assert mine.get_by_role("button", name="Switch off Oven").first.is_visible()


def test_appliances_are_added_edited_and_removed_without_leaving(serve: Serve, window: Window) -> None:
    page = sign_in(window(), serve())
    is_live(page)
    address = page.url

    page.get_by_role("link", name="Add an appliance").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("Toaster")
    dialog.get_by_label("Rated power (W)").fill("-5")
    dialog.get_by_role("button", name="Add").click()
    dialog.locator("[aria-invalid=true]").first.wait_for()
    dialog.get_by_label("Rated power (W)").fill("900")
    dialog.get_by_role("button", name="Add").click()
    page.get_by_role("heading", name="Toaster", exact=True).wait_for()
    dialog.wait_for(state="hidden")

    page.get_by_role("link", name="Change Toaster").click()
    dialog.get_by_label("Name").fill("Grill")
    dialog.get_by_role("button", name="Save").click()
    page.get_by_role("heading", name="Grill", exact=True).wait_for()

    page.get_by_role("link", name="Change Grill").click()
    dialog.get_by_role("link", name="Remove").click()
    dialog.get_by_role("button", name="Remove").click()
    page.get_by_role("heading", name="Grill", exact=True).wait_for(state="detached")
    assert page.url.split("#")[0] == address


def test_a_search_narrows_the_board_and_stays_narrow_after_a_push(serve: Serve, window: Window) -> None:
    page = sign_in(window(), serve())
    is_live(page)

    page.get_by_role("searchbox").fill("oven")
    page.get_by_role("heading", name="Kettle", exact=True).wait_for(state="hidden")
    switch_of(page, "Oven").click()
    page.wait_for_selector("#meter[data-status=warning]")

    assert page.get_by_role("heading", name="Kettle", exact=True).is_hidden()
    assert page.get_by_role("heading", name="Oven", exact=True).is_visible()


def test_without_javascript_the_same_forms_post_and_redirect(serve: Serve, window: Window) -> None:
    page = sign_in(window(java_script_enabled=False), serve())

    switch_of(page, "Oven").click()
    page.wait_for_selector("#meter[data-status=warning]")
    switch_of(page, "Kettle").click()
    page.get_by_text("Kettle stays off.").first.wait_for()
    page.get_by_role("button", name="Switch off Oven").first.click()
    page.wait_for_url("**/homes/**")
    assert switch_of(page, "Kettle").get_attribute("aria-checked") == "true"

    page.get_by_role("link", name="Change Kettle").click()
    page.get_by_label("Name").fill("Water kettle")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("heading", name="Water kettle", exact=True).wait_for()
