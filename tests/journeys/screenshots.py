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
        page = _window(browser, 820, "light")
        page.goto(f"{server.url}/sign-in/")
        _take(page, "sign-in-820-light")
    finally:
        server.stop()


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
