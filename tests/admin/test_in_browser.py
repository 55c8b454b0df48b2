"""The pages of the administration in Chromium, under the policy that allows no inline script and no inline style."""

import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import ConsoleMessage, sync_playwright
from pytest_django.live_server_helper import LiveServer

from appliances.admin.site import site
from appliances.models import Appliance, Decision
from tests.admin.pages import url
from tests.builders import a_circuit, a_home, a_person, a_token, an_appliance

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
ARGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium here"),
]


def addresses() -> Iterator[str]:
    for model in site._registry:
        yield url("changelist", model)
        if model is not Decision:
            yield url("add", model)
        if row := model._default_manager.first():
            yield from (url(page, row) for page in ("change", "history"))


def walk(server: str, session: str, walked: list[str]) -> tuple[list[str], str]:
    """Open each address, then switch everything on: what the console complained about, and what was refused."""
    complaints: list[str] = []
    with sync_playwright() as playwright, playwright.chromium.launch(executable_path=CHROMIUM, args=ARGS) as browser:
        context = browser.new_context()
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": server}])
        page = context.new_page()

        def listen(message: ConsoleMessage) -> None:
            if message.type in {"error", "warning"}:
                complaints.append(f"{page.url}: {message.text}")

        page.on("console", listen)
        page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))
        for address in walked:
            page.goto(server + address)
            assert page.url == server + address
        page.goto(server + url("changelist", Appliance))
        page.check("#action-toggle")
        page.select_option("select[name=action]", "switch_on")
        page.click("button[name=index]")
        return complaints, page.locator(".messagelist .error").inner_text()


def test_no_page_is_complained_about(live_server: LiveServer, client: Client) -> None:
    home = a_home("Flat", limit_watts=3000)
    oven = an_appliance(home, "Oven", watts=2400, at=a_circuit(home, "Kitchen"), on=True)
    an_appliance(home, "Kettle", watts=2000)
    keeper = a_person("keeper", home=home, is_staff=True, is_superuser=True)
    a_token(keeper, "phone")
    client.force_login(keeper)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    walked = ["/admin/", *addresses(), url("delete", oven), "/admin/password_change/"]

    # In a thread of its own: Playwright leaves a loop behind, in which Django would read no rows.
    with ThreadPoolExecutor(1) as elsewhere:
        complaints, refused = elsewhere.submit(walk, live_server.url, session, walked).result()

    assert complaints == []
    assert refused.startswith("Kettle stays off.")
