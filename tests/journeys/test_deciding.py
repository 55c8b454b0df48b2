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


class Held:
    """The answers to requests for one path, kept from the page until `let_go`; the requests too, where `asking`."""

    def __init__(self, page: Any, path: str, *, asking: bool = False) -> None:
        self._page, self._asking = page, asking
        self._kept: list[tuple[Any, Any]] = []
        page.route(path, self._keep)

    def _keep(self, route: Any) -> None:
        self._kept.append((route, None if self._asking else route.fetch()))

    def let_go(self) -> None:
        while not self._kept:
            self._page.wait_for_timeout(20)
        route, answer = self._kept.pop()
        with self._page.expect_request_finished(lambda request: request.url == route.request.url):
            route.continue_() if answer is None else route.fulfill(response=answer)
        self._page.evaluate("new Promise((done) => setTimeout(done, 50))")


class HeldPushes:
    """While `are_held`, none of what the server says over the socket reaches the page."""

    def __init__(self, page: Any) -> None:
        self.are_held = False
        page.route_web_socket("**", self._between)

    def _between(self, socket: Any) -> None:
        socket.connect_to_server().on_message(lambda message: None if self.are_held else socket.send(message))


def test_an_answer_counts_though_what_asked_has_been_drawn_anew(serve: Serve, window: Window) -> None:
    """A push overtakes the first answer, which then comes before the second request is sent; its push comes last."""
    page = window()
    pushes = HeldPushes(page)
    sign_in(page, serve())
    is_live(page)
    switch_of(page, "Oven").click()
    page.wait_for_selector("#meter[data-status=warning]")
    first, second = Held(page, "**/wait/"), Held(page, "**/cancel-wait/", asking=True)

    page.get_by_role("button", name="Start Kettle when there is room").press("Enter")
    cancel = page.get_by_role("button", name="Cancel: Kettle waits no longer")
    cancel.press("Enter")
    first.let_go()
    pushes.are_held = True
    second.let_go()

    expect(page.locator("#queue")).to_be_hidden()
    expect(switch_of(page, "Kettle")).to_be_focused()


def test_a_refusal_is_told_though_what_asked_has_been_drawn_anew(serve: Serve, window: Window) -> None:
    page = sign_in(window(), serve())
    is_live(page)
    switch_of(page, "Oven").click()
    page.wait_for_selector("#meter[data-status=warning]")
    first, second = Held(page, "**/wait/"), Held(page, "**/switch/", asking=True)

    page.get_by_role("button", name="Start Kettle when there is room").click()
    page.get_by_role("button", name="Cancel: Kettle waits no longer").wait_for()
    switch_of(page, "Kettle").click()
    first.let_go()
    second.let_go()

    expect(page.locator(".reply-fact").get_by_text("Kettle stays off.")).to_be_visible()
    expect(switch_of(page, "Kettle")).not_to_have_attribute("aria-busy", "true")


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
