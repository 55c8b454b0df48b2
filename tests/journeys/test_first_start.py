"""A stranger's first five minutes."""

import re
from collections.abc import Callable
from typing import Any

from tests.journeys.conftest import OWNER, PASSWORD, switch_of


def test_from_the_terminal_to_the_first_refusal(serve: Callable[..., Any], window: Callable[..., Any]) -> None:
    server = serve(owner=False)
    code = re.search(r"[A-Z2-7]{5}-[A-Z2-7]{5}", server.said())
    assert code, server.said()
    page = window()

    page.goto(server.url)
    page.get_by_label("Setup code").fill(code[0])
    page.get_by_label("Your name").fill(OWNER)
    page.locator("[name=password1]").fill(PASSWORD)
    page.locator("[name=password2]").fill(PASSWORD)
    page.get_by_label("Name of the home").fill("Harbour flat")
    page.locator("[name=password2]").press("Enter")
    page.wait_for_url("**/homes/harbour-flat/")

    switch_of(page, "Oven").click()
    page.wait_for_selector("#meter[data-status=warning]")
    switch_of(page, "Kettle").click()
    page.get_by_text("Kettle stays off.").first.wait_for()

    page.goto(f"{server.url}/welcome/")
    page.wait_for_url("**/homes/harbour-flat/", timeout=5000)
