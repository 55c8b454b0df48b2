"""Every address of the administration, walked as each kind of visitor."""

from collections.abc import Iterator

import pytest
from django.contrib.auth.models import Group
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from appliances.admin.site import site
from appliances.models import Appliance, Circuit, Decision, Home, Membership, User
from tests.admin.pages import url
from tests.builders import a_circuit, a_home, a_person, a_token, an_appliance

pytestmark = pytest.mark.django_db

FORBIDDEN_TO_ALL = {("add", Decision), ("delete", Decision)}


@pytest.fixture
def rows() -> dict[type[Model], Model]:
    """One of everything that is registered."""
    home = a_home("Flat")
    owner = a_person("owner", home=home)
    an_appliance(home, "Kettle", at=a_circuit(home, "Kitchen"), on=True)
    token, _text = a_token(owner, "phone")
    found: list[Model] = [home, owner, token, Group.objects.create(name="Installers")]
    found += [model.objects.latest("id") for model in (Circuit, Appliance, Decision, Membership)]  # type: ignore[attr-defined]
    return {type(row): row for row in found}


def pages(rows: dict[type[Model], Model]) -> Iterator[tuple[str, type[Model], str]]:
    for model in site._registry:
        for page in ("changelist", "add"):
            yield page, model, url(page, model)
        for page in ("change", "delete", "history"):
            yield page, model, url(page, rows[model])


def test_everything_is_registered(rows: dict[type[Model], Model]) -> None:
    assert set(site._registry) == set(rows)


def test_a_stranger_is_sent_to_sign_in(client: Client, rows: dict[type[Model], Model]) -> None:
    for _page, _model, address in [*pages(rows), ("", None, reverse("admin:index")), ("", None, "/admin/nowhere/")]:
        for ask in (client.get, client.post):
            answer = ask(address)
            assert (answer.status_code, answer["Location"]) == (302, f"/sign-in/?next={address}")


def test_who_is_not_staff_is_refused_everywhere(client: Client, rows: dict[type[Model], Model]) -> None:
    client.force_login(a_person(home=rows[Home]))  # type: ignore[arg-type]

    for _page, _model, address in [*pages(rows), ("", None, reverse("admin:index"))]:
        for ask in (client.get, client.post):
            assert ask(address).status_code == 403, address


def test_staff_without_permissions_reach_no_page(client: Client, rows: dict[type[Model], Model]) -> None:
    client.force_login(a_person(is_staff=True))

    assert client.get(reverse("admin:index")).status_code == 200
    for _page, _model, address in pages(rows):
        for ask in (client.get, client.post):
            assert ask(address).status_code == 403, address


def test_a_superuser_reaches_every_page(admin: Client, rows: dict[type[Model], Model]) -> None:
    for page, model, address in pages(rows):
        expected = 403 if (page, model) in FORBIDDEN_TO_ALL else 200
        assert admin.get(address).status_code == expected, address
    for address in (reverse("admin:index"), reverse("admin:app_list", args=["appliances"])):
        assert admin.get(address).status_code == 200
    assert admin.get(reverse("admin:auth_user_password_change", args=[rows[User].pk])).status_code == 200


def test_no_page_holds_an_inline_script_or_style(admin: Client, rows: dict[type[Model], Model]) -> None:
    for _page, _model, address in pages(rows):
        html = admin.get(address).content.decode()
        assert "<style" not in html
        assert " style=" not in html
        assert "<script>" not in html
        assert " onclick=" not in html


def test_there_is_no_second_sign_in_form(client: Client, keeper: User) -> None:
    answer = client.get("/admin/login/?next=/admin/appliances/home/")
    assert answer["Location"] == "/sign-in/?next=/admin/appliances/home/"

    client.force_login(keeper)
    assert client.get("/admin/login/")["Location"] == reverse("admin:index")


def test_logging_out_is_signing_out(admin: Client) -> None:
    answer = admin.post("/admin/logout/")
    assert (answer.status_code, answer["Location"]) == (307, reverse("sign_out"))

    admin.post("/admin/logout/", follow=True)
    assert admin.get("/admin/").status_code == 302


def test_a_form_without_its_token_is_refused(keeper: User, rows: dict[type[Model], Model]) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(keeper)

    for page, model, address in pages(rows):
        if (page, model) not in FORBIDDEN_TO_ALL:
            assert strict.post(address, {"post": "yes"}).status_code == 403, address
