"""A home is shared: invited by a link, joined in another browser, given another role, removed; the installer code."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import PASSWORD, is_live, sign_in, switch_of
from tests.journeys.test_accessibility import WIDTHS, troubles

Serve = Callable[..., Any]
Window = Callable[..., Any]
CODE = "red screwdriver"


def home_of(page: Any) -> str:
    return str(page.url.split("#")[0])


def submit(page: Any) -> None:
    """The open form, with the password where it was not given a moment ago."""
    password = page.locator("[name=confirm_password]")
    if password.count():
        password.fill(PASSWORD)
    page.click("#form-submit")


def invite(page: Any, name: str = "Bob") -> str:
    """From the page of people, in its dialog; the link."""
    page.click("#invite")
    page.fill("#dialog [name=name]", name)
    submit(page)
    page.wait_for_selector("#dialog [data-made]")
    return str(page.input_value("#link"))


def join(page: Any, link: str, name: str = "bob") -> Any:
    page.goto(link)
    page.fill("[name=username]", name)
    for field in ("password1", "password2"):
        page.fill(f"[name={field}]", PASSWORD)
    page.get_by_role("button", name="Make the account and join").click()
    page.wait_for_url("**/homes/**")
    return page


def change_role(page: Any, name: str, role: str) -> None:
    page.get_by_role("link", name=f"Change {name}").click()
    page.check(f"#dialog [name=role][value={role}]")
    submit(page)
    page.get_by_text(f"{name} saved.").wait_for()


def test_a_guest_is_invited_joins_becomes_a_viewer_and_is_removed(serve: Serve, window: Window) -> None:
    server = serve()
    owner, theirs = sign_in(window(), server), window()
    home = home_of(owner)
    owner.goto(f"{home}people/")
    link = invite(owner)
    owner.keyboard.press("Escape")
    owner.get_by_text("The link holds until").wait_for()

    join(theirs, link)
    is_live(theirs)
    switch_of(theirs, "Oven").click()
    expect(switch_of(theirs, "Oven")).to_have_attribute("aria-checked", "true")
    assert theirs.get_by_role("link", name="Change Oven").count() == 0
    theirs.goto(link)
    expect(theirs.get_by_role("heading")).to_have_text("No such invitation")
    theirs.goto(home)
    is_live(theirs)

    owner.reload()
    change_role(owner, "bob", "viewer")
    expect(switch_of(theirs, "Oven")).to_be_disabled()
    is_live(theirs)

    owner.get_by_role("link", name="Change bob").click()
    owner.click("#dialog #form-delete")
    owner.get_by_role("button", name="Remove").click()
    owner.get_by_text("bob removed.").wait_for()
    theirs.get_by_text("No home yet").wait_for()


def test_a_copied_link_is_in_the_clipboard(serve: Serve, window: Window) -> None:
    server = serve()
    page = sign_in(window(permissions=["clipboard-read", "clipboard-write"]), server)
    page.goto(f"{home_of(page)}people/")
    link = invite(page)

    page.click("#copy")

    page.get_by_text("Copied.").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == link


def test_without_scripts_everything_is_a_page(serve: Serve, window: Window) -> None:
    server = serve()
    owner = sign_in(window(java_script_enabled=False), server)
    owner.goto(f"{home_of(owner)}people/")
    owner.click("#invite")
    owner.fill("[name=name]", "Bob")
    submit(owner)
    link = owner.input_value("#link")

    theirs = join(window(java_script_enabled=False), link)
    theirs.goto(f"{home_of(theirs)}people/")
    theirs.click("#leave")
    theirs.get_by_role("button", name="Leave").click()

    theirs.get_by_text("You left Home.").wait_for()


def test_homes_are_switched_between_in_the_header_of_a_phone(serve: Serve, window: Window) -> None:
    server = serve()
    page = sign_in(window(viewport={"width": 360, "height": 780}), server)
    page.goto(f"{server.url}/homes/add/")
    page.fill("[name=name]", "A cabin with a rather long name in the woods")
    page.click("#form-submit")

    page.click("#places")
    page.locator(".place-menu").get_by_role("link", name="Home", exact=True).click()

    page.wait_for_url("**/homes/home/")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def with_code(page: Any, script: bool) -> Any:
    """The form that is open has asked for the code; it is given, and the form is done."""
    page.get_by_label("Installer code", exact=True).fill(CODE)
    page.click("#form-submit")
    if script:
        page.wait_for_selector("#dialog:not([open])", state="attached")
    else:
        page.wait_for_url("**/homes/home/")
    return page


@pytest.mark.parametrize("script", [True, False], ids=["dialogs", "pages"])
def test_what_the_installer_code_guards_asks_for_it(serve: Serve, window: Window, *, script: bool) -> None:
    server = serve()
    page = sign_in(window(java_script_enabled=script), server)

    page.click("#add")
    page.click("#edit-home")
    page.click("#form-aside")
    page.fill("[name=code]", CODE)
    submit(page)
    page.get_by_text("The home asks for the new installer code from now on.").wait_for()

    page.click("#add")
    page.click("#edit-home")
    page.fill("[name=limit]", "6000")
    page.click("#form-submit")
    with_code(page, script)
    expect(page.locator("#meter")).to_contain_text("6\u202f000\u202fW")

    page.click("#add")
    page.click("#add-circuit")
    page.fill("[name=name]", "Garage")
    page.fill("[name=limit]", "2300")
    page.click("#form-submit")
    assert page.input_value("[name=name]") == "Garage"
    with_code(page, script)

    page.get_by_role("link", name="Change Garage").click()
    page.fill("[name=limit]", "2400")
    page.click("#form-submit")
    with_code(page, script)

    page.get_by_role("link", name="Change Garage").click()
    page.click("#form-delete")
    page.get_by_role("heading", name="Remove Garage?").wait_for()
    page.click("#form-submit")
    with_code(page, script)
    expect(page.get_by_role("link", name="Change Garage")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_the_pages_of_people(serve: Serve, window: Window, scheme: str) -> None:
    server = serve()
    page = sign_in(window(color_scheme=scheme, reduced_motion="reduce"), server)
    home, found = home_of(page), {}

    def look(at: Any, name: str) -> None:
        for width in WIDTHS:
            at.set_viewport_size({"width": width, "height": 900})
            found[f"{name} {width}"] = troubles(at)
            wide = at.evaluate("document.documentElement.scrollWidth")
            assert wide <= width, f"{name} is {wide} px wide at {width}"

    page.goto(f"{home}people/")
    link = invite(page, "Somebody with a name that is as long as a name may be, and then a little longer")
    look(page, "invited")
    page.keyboard.press("Escape")
    page.get_by_text("The link holds until").wait_for()
    look(page, "people")
    page.get_by_role("link", name="Change ada").click()
    page.locator("#dialog #form-submit").wait_for()
    look(page, "role")
    for path in ("people/invite/", "people/leave/", "installer-code/"):
        page.goto(home + path)
        look(page, path)
    theirs = window(color_scheme=scheme, reduced_motion="reduce")
    theirs.goto(link)
    look(theirs, "join")
    page.goto(link)
    look(page, "join where you belong")
    page.goto(f"{server.url}/join/vsi_nothing/")
    look(page, "no invitation")

    assert {name: lines for name, lines in found.items() if lines} == {}
