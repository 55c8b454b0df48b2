"""Axe finds nothing serious on any page, in light and dark, at any width."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.journeys.conftest import sign_in, switch_of

SERIOUS = {"serious", "critical"}
WIDTHS = [360, 820, 1440]


def troubles(page: Any) -> list[str]:
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    return [
        f"{one['id']} ({one['impact']}): {node['html'][:160]}"
        for one in found
        if one["impact"] in SERIOUS
        for node in one["nodes"]
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_before_signing_in(serve: Callable[..., Any], window: Callable[..., Any], scheme: str) -> None:
    server = serve(owner=False)
    page = window(color_scheme=scheme, reduced_motion="reduce")

    page.goto(server.url)

    assert troubles(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_of_a_home(serve: Callable[..., Any], window: Callable[..., Any], scheme: str) -> None:
    server = serve()
    page = window(color_scheme=scheme, reduced_motion="reduce")
    page.goto(f"{server.url}/sign-in/")
    found = {"sign in": troubles(page)}
    sign_in(page, server)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        found[f"home {width}"] = troubles(page)
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, f"the page is {wide} px wide at {width}"
    switch_of(page, "Oven").click()
    page.wait_for_selector("#meter[data-status=warning]")
    switch_of(page, "Kettle").click()
    page.get_by_text("Kettle stays off.").first.wait_for()
    found["refused"] = troubles(page)
    home = page.url.split("#")[0]
    links = ["decisions/", "edit/", "appliances/add/", "circuits/add/"]
    edit = page.get_by_role("link", name="Change Oven").get_attribute("href")
    for path in [*(home + link for link in links), server.url + edit, f"{server.url}/?all", f"{server.url}/homes/add/"]:
        page.goto(path)
        found[re.sub(r"^http://[^/]+", "", path)] = troubles(page)

    assert {name: lines for name, lines in found.items() if lines} == {}
