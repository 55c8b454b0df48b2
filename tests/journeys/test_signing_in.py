"""Passkeys, codes and sessions, as a browser has them."""

from collections.abc import Callable
from typing import Any

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time

from tests.journeys.conftest import PASSWORD, Server, sign_in

KEYS = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def at_localhost(server: Server) -> Server:
    """Passkeys belong to a name, and of addresses without https the browser trusts this one."""
    server.url = server.url.replace("127.0.0.1", "localhost")
    return server


def with_keys(page: Any) -> Any:
    """A device that keeps passkeys, and somebody who shows it their finger."""
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": KEYS})
    return page


def sign_out(page: Any) -> None:
    page.get_by_label("Account", exact=True).click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/sign-in/")


def add_a_passkey(page: Any, server: Server) -> None:
    page.goto(f"{server.url}/account/")
    page.locator("a[aria-describedby=setting-passkeys]").click()
    page.get_by_label("Name").fill("My laptop")
    page.get_by_role("button", name="Make a passkey").click()
    page.get_by_text("Recovery codes made.").wait_for()


def code_for(secret: str, step: int = 0) -> str:
    counters = list(yield_hotp_counters_from_time())
    return format_hotp_value(hotp_value(secret, counters[len(counters) // 2] + step))


def test_a_passkey_is_added_and_signs_in_by_itself(serve: Callable[..., Any], window: Callable[..., Any]) -> None:
    server = at_localhost(serve())
    page = with_keys(sign_in(window(), server))
    add_a_passkey(page, server)
    page.goto(f"{server.url}/account/passkeys/")
    page.get_by_role("heading", name="My laptop").wait_for()
    sign_out(page)

    page.get_by_role("button", name="Sign in with a passkey").click()

    page.wait_for_url("**/homes/**")


def test_a_passkey_is_the_second_step_after_a_password(serve: Callable[..., Any], window: Callable[..., Any]) -> None:
    server = at_localhost(serve())
    page = with_keys(sign_in(window(), server))
    add_a_passkey(page, server)
    sign_out(page)

    page.fill("[name=username]", "ada")
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/second-factor/")
    page.get_by_role("button", name="Use a passkey").click()

    page.wait_for_url("**/homes/**")


def test_an_app_is_set_up_and_asked_for(serve: Callable[..., Any], window: Callable[..., Any]) -> None:
    server = serve()
    page = sign_in(window(), server)
    page.goto(f"{server.url}/account/")
    page.locator("a[aria-describedby=setting-app]").click()
    secret = page.locator(".app-key code").inner_text()
    page.get_by_label("Code").fill(code_for(secret))
    page.get_by_role("button", name="Turn it on").click()
    page.get_by_text("Recovery codes made.").wait_for()
    recovery = page.locator(".codes code").first.inner_text()
    sign_out(page)

    page.fill("[name=username]", "ada")
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/second-factor/")
    page.get_by_label("Code").fill("000 000")
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_text("That code is not right.").wait_for()
    page.get_by_label("Code").fill(recovery)
    page.get_by_role("button", name="Sign in", exact=True).click()

    page.wait_for_url("**/homes/**")


def test_one_place_signs_another_out(serve: Callable[..., Any], window: Callable[..., Any]) -> None:
    server = serve()
    phone, laptop = sign_in(window(), server), sign_in(window(), server)

    laptop.goto(f"{server.url}/account/places/")
    laptop.get_by_role("button", name="Sign out everywhere else").click()
    laptop.get_by_text("Signed out in 1 place.").wait_for()

    phone.wait_for_url("**/sign-in/**")
