"""What one does in one window, the other shows; and a lost connection is shown as lost."""

import signal
from collections.abc import Callable
from typing import Any

from playwright.sync_api import expect

from tests.journeys.conftest import is_live, sign_in, switch_of

Serve = Callable[..., Any]
Window = Callable[..., Any]


DRAWN_ANEW = """
    window.drawnAnew = [];
    document.addEventListener("htmx:oobAfterSwap", ({ detail }) => {
      if (detail.shouldSwap) window.drawnAnew.push(detail.target.id);
    });
"""


def test_a_switch_is_seen_in_a_second_window_within_a_second(serve: Serve, window: Window) -> None:
    server = serve()
    mine, their_window = sign_in(window(), server), window()
    their_window.add_init_script(DRAWN_ANEW)
    theirs = sign_in(their_window, server)
    is_live(mine)
    is_live(theirs)
    assert theirs.evaluate("window.drawnAnew") == [], "the first frame brings nothing new"
    before = theirs.locator("#meter .figure").inner_text()

    switch_of(mine, "Oven").click()

    expect(theirs.locator("#meter .figure")).not_to_have_text(before, timeout=1000)
    expect(switch_of(theirs, "Oven")).to_have_attribute("aria-checked", "true", timeout=1000)
    assert "meter" in theirs.evaluate("window.drawnAnew")


def test_focus_stays_on_the_switch_that_was_pressed(serve: Serve, window: Window) -> None:
    server = serve()
    page = sign_in(window(), server)
    is_live(page)
    oven = switch_of(page, "Oven")
    name = oven.get_attribute("id")

    oven.focus()
    page.keyboard.press("Space")
    page.wait_for_selector(f"#{name}[aria-checked=true]")

    assert page.evaluate("document.activeElement.id") == name


def test_it_reconnects_after_the_server_restarts_and_catches_up(serve: Serve, window: Window) -> None:
    server = serve()
    mine, theirs = sign_in(window(), server), sign_in(window(), server)
    is_live(theirs)

    server.stop(signal.SIGKILL)
    theirs.wait_for_selector("body[data-connection=lost]", timeout=15_000)
    server.start()
    is_live(theirs)
    mine.reload()
    switch_of(mine, "Oven").click()

    theirs.wait_for_selector("#meter[data-status=warning]")
    assert switch_of(theirs, "Oven").get_attribute("aria-checked") == "true"


def test_a_changed_role_changes_the_page(serve: Serve, window: Window) -> None:
    server = serve()
    page = sign_in(window(), server)
    is_live(page)

    server.manage("shell", "-c", "from appliances.models import Membership as M; M.objects.update(role='viewer')")

    page.get_by_role("link", name="Change Oven").wait_for(state="detached", timeout=15_000)
    is_live(page)
    assert switch_of(page, "Oven").is_disabled()


def test_signing_out_elsewhere_ends_the_live_page(serve: Serve, window: Window) -> None:
    server = serve()
    page = sign_in(window(), server)
    is_live(page)
    other = page.context.new_page()
    other.goto(f"{server.url}/")

    other.evaluate(
        """() => { const form = [...document.forms].find(f => f.action.endsWith('/sign-out/')); form.submit(); }"""
    )

    page.wait_for_url("**/sign-in/**", timeout=6000)


def test_one_page_too_many_polls_and_does_not_knock_all_the_time(serve: Serve, window: Window) -> None:
    server = serve(VOLTSAFE_SOCKETS_PER_PERSON="1")
    first = sign_in(window(), server)
    is_live(first)
    second = first.context.new_page()
    opened: list[Any] = []

    def note(socket: Any) -> None:
        opened.append(socket)

    second.on("websocket", note)
    second.goto(first.url)
    second.wait_for_selector("body[data-connection=polling]", timeout=30_000)
    before = second.locator("#meter .figure").inner_text()

    switch_of(first, "Oven").click()

    expect(second.locator("#meter .figure")).not_to_have_text(before, timeout=30_000)
    # Once, and once more where all this took longer than the half minute after which it may ask again.
    assert len(opened) <= 2
    assert first.locator("body").get_attribute("data-connection") == "live"
