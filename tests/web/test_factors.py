"""Authenticator app, passkeys and recovery codes: set up, looked at and taken away by who has shown that it is they."""

import base64
import re
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from appliances.models import Decision, User
from appliances.models.decision import Action
from appliances.presentation import wording
from tests.builders import a_person
from tests.web.signing import HOME, SECRET, code_now, recovery_codes, sign_in, with_app

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock", "_nothing_used")]


@pytest.fixture
def ada(db: None) -> User:
    return a_person("ada")


@pytest.fixture
def laptop(ada: User) -> Client:
    client = Client()
    sign_in(client)
    return client


def said() -> list[str]:
    rows = Decision.objects.filter(home=None).exclude(action=Action.SIGN_IN).order_by("id")
    return [wording.decision(row) for row in rows]


def set_up(client: Client) -> Any:
    session = client.session
    session["mfa.totp.secret"] = SECRET
    session.save()
    return client.post("/account/app/add/", {"code": code_now()})


def kinds() -> list[str]:
    return sorted(Authenticator.objects.values_list("type", flat=True))


def test_the_app_gets_its_secret_as_a_picture_and_as_text(laptop: Client) -> None:
    page = laptop.get("/account/app/add/").content.decode()

    [secret] = re.findall(r"<code>([A-Z2-7]{32})</code>", page)
    [picture] = re.findall(r'src="data:image/svg\+xml;base64,([^"]+)"', page)
    assert "<svg" in base64.b64decode(picture).decode()
    assert laptop.session["mfa.totp.secret"] == secret


def test_a_right_code_turns_it_on_and_makes_recovery_codes(
    laptop: Client, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        assert set_up(laptop)["Location"] == "/account/recovery-codes/"

    assert kinds() == ["recovery_codes", "totp"]
    assert said() == ["ada added an authenticator app.", "ada added recovery codes."]


def test_a_wrong_one_does_not(laptop: Client) -> None:
    laptop.get("/account/app/add/")

    answer = laptop.post("/account/app/add/", {"code": "12345"})

    assert answer.status_code == 422
    assert kinds() == []


def test_the_code_that_turned_it_on_signs_nobody_in(laptop: Client, ada: User) -> None:
    set_up(laptop)
    other = Client()
    sign_in(other)

    assert other.post("/sign-in/second-factor/", {"code": code_now()}, REMOTE_ADDR=HOME).status_code == 422


def test_recovery_codes_are_shown_again_and_kept_as_a_file(laptop: Client, ada: User) -> None:
    first, *_rest = recovery_codes(with_app(ada))

    shown = f"{first[:4]} {first[4:]}"
    assert shown in laptop.get("/account/recovery-codes/").content.decode()
    file = laptop.get("/account/recovery-codes/text/")
    assert file.content.decode().splitlines()[0] == shown
    assert file["Cache-Control"].startswith("max-age=0")


def test_looking_at_them_changes_nothing(laptop: Client, ada: User) -> None:
    with_app(ada)
    before = list(Authenticator.objects.order_by("id").values_list("data", flat=True))

    laptop.get("/account/recovery-codes/")

    assert list(Authenticator.objects.order_by("id").values_list("data", flat=True)) == before


def test_new_ones_make_the_old_ones_worthless(
    laptop: Client, ada: User, django_capture_on_commit_callbacks: Any
) -> None:
    old = recovery_codes(with_app(ada))

    with django_capture_on_commit_callbacks(execute=True):
        laptop.post("/account/recovery-codes/new/")

    assert not set(old) & set(recovery_codes(ada))
    assert said() == ["ada made new recovery codes."]


def test_the_app_is_removed_and_the_codes_with_it(laptop: Client, ada: User) -> None:
    with_app(ada)

    assert laptop.post("/account/app/remove/")["Location"] == "/account/"

    assert kinds() == []
    assert said() == ["ada removed an authenticator app.", "ada removed recovery codes."]


@pytest.mark.parametrize("credential", ["", "{}", "[]", "no json", '{"id": 1}'])
def test_what_is_no_passkey_is_not_kept(laptop: Client, credential: str) -> None:
    laptop.get("/account/passkeys/add/")

    answer = laptop.post("/account/passkeys/add/", {"name": "x", "credential": credential})

    assert answer.status_code == 422
    assert kinds() == []


def test_a_passkey_of_somebody_else_is_nobodys_to_touch(laptop: Client) -> None:
    key = Authenticator.objects.create(user=a_person("bob"), type="webauthn", data={"name": "Bob's"})

    for what in ("name", "remove"):
        assert laptop.post(f"/account/passkeys/{key.pk}/{what}/", {"name": "Mine"}).status_code == 404


def test_a_passkey_is_renamed_and_removed(laptop: Client, ada: User) -> None:
    key = Authenticator.objects.create(user=ada, type="webauthn", data={"name": "Laptop", "credential": {}})

    laptop.post(f"/account/passkeys/{key.pk}/name/", {"name": "Old laptop"})
    assert "Old laptop" in laptop.get("/account/passkeys/").content.decode()

    laptop.post(f"/account/passkeys/{key.pk}/remove/")
    assert said() == ["ada removed a passkey."]


def test_who_has_no_recovery_codes_finds_none(laptop: Client) -> None:
    assert laptop.get("/account/recovery-codes/").status_code == 404


def test_the_overview_tells_what_is_set_up(laptop: Client, ada: User) -> None:
    before = {line.id: line.is_on for line in laptop.get("/account/").context["lines"]}
    with_app(ada)
    after = {line.id: line.text for line in laptop.get("/account/").context["lines"]}

    assert before == {"password": False, "passkeys": False, "app": False, "places": False}
    assert after["codes"] == "10 codes left, for when you have lost the rest."


def test_every_form_of_the_account_asks_for_its_token(ada: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(ada)

    for path in ("password/", "confirm/", "app/add/", "app/remove/", "passkeys/add/", "recovery-codes/new/", "places/"):
        assert strict.post(f"/account/{path}").status_code == 403, path
