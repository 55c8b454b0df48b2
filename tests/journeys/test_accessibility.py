"""Axe finds nothing serious on any page, in light and dark, at any width."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.journeys.conftest import PASSWORD, sign_in, switch_of
from tests.journeys.test_signing_in import add_a_passkey, at_localhost, sign_out, with_keys

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
    links = ["decisions/", "edit/", "appliances/add/", "circuits/add/", "limits/add/"]
    edit = page.get_by_role("link", name="Change Oven").get_attribute("href")
    for path in [*(home + link for link in links), server.url + edit, f"{server.url}/?all", f"{server.url}/homes/add/"]:
        page.goto(path)
        found[re.sub(r"^http://[^/]+", "", path)] = troubles(page)

    assert {name: lines for name, lines in found.items() if lines} == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_of_an_account(serve: Callable[..., Any], window: Callable[..., Any], scheme: str) -> None:
    server = at_localhost(serve())
    page = with_keys(window(color_scheme=scheme, reduced_motion="reduce"))
    sign_in(page, server)
    add_a_passkey(page, server)
    paths = ["", "password/", "confirm/", "confirm/passkey/", "confirm/code/", "app/add/", "passkeys/", "passkeys/add/"]
    found = {}
    for path in [*paths, "recovery-codes/", "recovery-codes/new/", "places/"]:
        page.goto(f"{server.url}/account/{path}")
        found[path] = troubles(page)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            wide = page.evaluate("document.documentElement.scrollWidth")
            assert wide <= width, f"{path} is {wide} px wide at {width}"
    sign_out(page)
    page.fill("[name=username]", "ada")
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/second-factor/")
    found["second factor"] = troubles(page)

    assert {name: lines for name, lines in found.items() if lines} == {}


BUSY = """
from datetime import timedelta
from django.utils import timezone
from appliances.models import Appliance, Circuit, Home
from appliances.services import actor, controlling, limits, tending, waiting
now, home = timezone.now(), Home.objects.get()
given = {"by": actor.SYSTEM, "now": now}
Appliance.objects.filter(name="Space heater").update(may_be_shed=True, returns_by_itself=True)
controlling.set_mode(home_id=home.pk, mode="armed", **given)
limits.add(home_id=home.pk, wanted={"limit": 200, "ends_at": now + timedelta(hours=2), "source": "grid"}, **given)
later = {"starts_at": now + timedelta(hours=3), "ends_at": now + timedelta(hours=4), "source": "party"}
bath = Circuit.objects.get(name="Bath and laundry")
limits.add(home_id=home.pk, wanted={"circuit_id": bath.pk, "limit": 500, **later}, **given)
waiting.ask(appliance_id=Appliance.objects.get(name="Kettle").pk, **given)
tending.tick(now)
controlling.set_mode(home_id=home.pk, mode="observing", **given)
"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_home_in_trouble_and_the_pages_that_help(
    serve: Callable[..., Any], window: Callable[..., Any], scheme: str
) -> None:
    server = serve()
    server.manage("shell", "-c", BUSY)
    page = sign_in(window(color_scheme=scheme, reduced_motion="reduce"), server)
    page.locator("#overload .notice").first.wait_for()
    home, found = page.url.split("#")[0], {}
    for path in ["", "order/", "controller/", "plan/", "limits/add/", "appliances/add/"]:
        page.goto(home + path)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            found[f"{path} {width}"] = troubles(page)
            wide = page.evaluate("document.documentElement.scrollWidth")
            assert wide <= width, f"{path} is {wide} px wide at {width}"

    assert {name: lines for name, lines in found.items() if lines} == {}


PEOPLE = """
from django.utils import timezone
from appliances.models import User
from appliances.models.decision import Action
from appliances.services import accounts
ada, now = User.objects.get(), timezone.now()
facts = {"address": "192.168.1.23"}
for _ in range(40):
    accounts.note(Action.SIGN_IN, ada, now=now, facts=facts)
    accounts.note_failure(Action.SIGN_IN, "ada", now=now, facts=facts)
"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_record_and_its_filters(serve: Callable[..., Any], window: Callable[..., Any], scheme: str) -> None:
    server = serve()
    server.manage("shell", "-c", PEOPLE)
    page = sign_in(window(color_scheme=scheme, reduced_motion="reduce"), server)
    record, found = page.url.split("#")[0] + "decisions/", {}
    for query in ["", "?kind=access&who=ada", "?text=zebra", "?kind=x&since=never&until=never&text=" + "x" * 90]:
        page.goto(record + query)
        page.evaluate("document.querySelectorAll('.record-tools details').forEach(one => { one.open = true })")
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            found[f"{query} {width}"] = troubles(page)
            wide = page.evaluate("document.documentElement.scrollWidth")
            assert wide <= width, f"{query} is {wide} px wide at {width}"

    assert {name: lines for name, lines in found.items() if lines} == {}


def test_the_record_is_filtered_and_saved_without_javascript(
    serve: Callable[..., Any], window: Callable[..., Any]
) -> None:
    server = serve()
    page = sign_in(window(java_script_enabled=False), server)
    page.goto(page.url.split("#")[0] + "decisions/")
    page.get_by_text("Filter", exact=True).click()
    page.get_by_label("About").select_option("Switching")
    page.get_by_role("button", name="Show").click()
    page.get_by_text("Lights on").wait_for()
    page.get_by_text("Save", exact=True).click()

    with page.expect_download() as saved:
        page.get_by_role("link", name="CSV").click()

    assert saved.value.suggested_filename.startswith("voltsafe-")
    assert b"switch_on" in saved.value.path().read_bytes()
    assert b"add_home" not in saved.value.path().read_bytes()
