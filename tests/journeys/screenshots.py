"""The pictures in docs/screenshots, taken from a real server: `make screenshots`."""

import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.journeys.conftest import BROWSERS, FLAGS, Server, is_live, sign_in, switch_of  # noqa: E402

FOLDER = ROOT / "docs" / "screenshots"
SIZES = {360: 780, 820: 1180, 1440: 900}


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    found = next(path for name in BROWSERS if (path := shutil.which(name)))
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=FLAGS)
        fresh, furnished = Path(folder) / "fresh", Path(folder) / "furnished"
        fresh.mkdir()
        furnished.mkdir()
        _of_the_welcome(browser, Server(fresh))
        first = {"VOLTSAFE_OWNER": "ada", "VOLTSAFE_OWNER_PASSWORD": "a long enough phrase"}
        _of_a_home(browser, Server(furnished, VOLTSAFE_SAMPLE_HOME="1", **first))
        browser.close()


def _of_the_welcome(browser: Browser, server: Server) -> None:
    server.start()
    try:
        for width, scheme in ((360, "dark"), (1440, "light")):
            page = _window(browser, width, scheme)
            page.goto(server.url)
            _take(page, f"welcome-{width}-{scheme}")
    finally:
        server.stop()


def _of_a_home(browser: Browser, server: Server) -> None:
    server.start()
    try:
        for width in SIZES:
            for scheme in ("light", "dark"):
                _one_home(browser, server, width, scheme)
        _people_and_records(browser, server)
        _balanced(browser, server)
        page = _window(browser, 820, "light")
        page.goto(f"{server.url}/sign-in/")
        _take(page, "sign-in-820-light")
    finally:
        server.stop()


def _people_and_records(browser: Browser, server: Server) -> None:
    for width, scheme in ((360, "dark"), (1440, "light")):
        page = sign_in(_window(browser, width, scheme), server)
        is_live(page)
        home = page.url.split("#")[0]
        at = {name: f"{home}{name}/" for name in ("people", "walls", "decisions")}
        at |= {"account": f"{server.url}/account/", "tokens": f"{server.url}/account/tokens/"}
        for name, address in at.items():
            page.goto(address)
            _take(page, f"{name}-{width}-{scheme}")
        page.context.close()


def _one_home(browser: Browser, server: Server, width: int, scheme: str) -> None:
    page = sign_in(_window(browser, width, scheme), server)
    is_live(page)
    for name, wanted in (("Kettle", "false"), ("Oven", "true")):
        if switch_of(page, name).get_attribute("aria-checked") != wanted:
            switch_of(page, name).click()
            page.wait_for_timeout(400)
    page.mouse.move(0, 0)
    _take(page, f"home-{width}-{scheme}")
    switch_of(page, "Kettle").click()
    page.get_by_role("button", name="Switch off Oven").first.wait_for()
    page.wait_for_timeout(400)
    page.mouse.move(0, 0)
    _take(page, f"refused-{width}-{scheme}")
    if (width, scheme) in {(360, "light"), (1440, "dark")}:
        page.get_by_role("link", name="Change Oven").click()
        page.get_by_role("dialog").get_by_label("Name").wait_for()
        _take(page, f"edit-{width}-{scheme}", whole=False)
        page.keyboard.press("Escape")
    page.get_by_role("button", name="Switch off Oven").first.click()
    page.wait_for_timeout(400)
    page.context.close()


BALANCED = """
from datetime import timedelta
from django.utils import timezone
from appliances.models import Appliance, Circuit, Home
from appliances.services import actor, appliance, controlling, limits, switching, tending, waiting
now, home = timezone.now(), Home.objects.get()
given = {"by": actor.SYSTEM, "now": now}
one = {row.name: row.pk for row in Appliance.objects.all()}
for name in ("Space heater", "Television", "Oven"):
    rules = {"may_be_shed": True, "returns_by_itself": name == "Space heater"}
    appliance.change(appliance_id=one[name], wanted=rules, **given)
switching.switch(appliance_id=one["Kettle"], on=False, **given)
switching.switch(appliance_id=one["Oven"], on=True, **given)
controlling.set_mode(home_id=home.pk, mode="armed", **given)
limits.add(home_id=home.pk, wanted={"limit": 4200, "ends_at": now + timedelta(hours=2), "source": "grid"}, **given)
plumber = {"limit": 1000, "starts_at": now + timedelta(hours=3), "ends_at": now + timedelta(hours=5)}
bath = Circuit.objects.get(name="Bath and laundry").pk
limits.add(home_id=home.pk, wanted={"circuit_id": bath, "reason": "Plumber", **plumber}, **given)
tending.tick(now)
for name in ("Dishwasher", "Tumble dryer"):
    waiting.ask(appliance_id=one[name], **given)
"""

TOO_MUCH = """
from datetime import timedelta
from django.utils import timezone
from appliances.models import Appliance, Home
from appliances.services import actor, controlling, limits
now, home = timezone.now(), Home.objects.get()
given = {"by": actor.SYSTEM, "now": now}
controlling.set_mode(home_id=home.pk, mode="observing", **given)
limits.add(home_id=home.pk, wanted={"limit": 2000, "ends_at": now + timedelta(hours=1), "source": "generator"}, **given)
"""


def _balanced(browser: Browser, server: Server) -> None:
    """A limit in force, something shed, something waiting; the pages behind it; then too much load."""
    server.manage("shell", "-c", BALANCED)
    for width, scheme in ((360, "dark"), (820, "light"), (1440, "light")):
        page = sign_in(_window(browser, width, scheme), server)
        is_live(page)
        home = page.url.split("#")[0]
        _take(page, f"balanced-{width}-{scheme}")
        for name in ("order", "controller", "plan", "limits/add", "appliances/add"):
            page.goto(f"{home}{name}/")
            if name == "plan":
                page.get_by_label("Iron").check()
                page.get_by_text("do not fit together").wait_for()
            _take(page, f"{name.split('/')[0]}-{width}-{scheme}")
        page.context.close()
    server.manage("shell", "-c", TOO_MUCH)
    for width, scheme in ((360, "light"), (1440, "dark")):
        page = sign_in(_window(browser, width, scheme), server)
        is_live(page)
        page.wait_for_timeout(1500)
        _take(page, f"overload-{width}-{scheme}")
        page.get_by_role("link", name="Change Living and study").click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_label("Limit (W)").fill("100")
        dialog.get_by_role("button", name="Save", exact=True).click()
        dialog.locator(".callout").wait_for()
        _take(page, f"lowering-{width}-{scheme}", whole=False)
        page.goto(f"{page.url.split('#')[0]}controller/")
        _take(page, f"observing-{width}-{scheme}")
        page.context.close()


def _window(browser: Browser, width: int, scheme: Any) -> Any:
    size = {"width": width, "height": SIZES[width]}
    context = browser.new_context(viewport=size, color_scheme=scheme, reduced_motion="reduce")
    return context.new_page()


def _take(page: Any, name: str, *, whole: bool = True) -> None:
    page.evaluate("window.scrollTo(0, 0)")
    page.wait_for_timeout(300)
    page.screenshot(path=str(FOLDER / f"{name}.png"), full_page=whole)


if __name__ == "__main__":
    main()
