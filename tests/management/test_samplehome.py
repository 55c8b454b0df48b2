"""`manage.py samplehome`: the sample flat, made once, and the right people let in."""

import pytest
from django.core.management import CommandError

from appliances.models import Appliance, Home, Membership, User
from appliances.models.membership import Role
from appliances.services import appliance, membership, sample_home, verifying
from tests.builders import a_person
from tests.management.commands import said
from tests.services.asking import BY

pytestmark = pytest.mark.django_db


def members() -> dict[str, str]:
    return dict(Membership.objects.values_list("user__username", "role"))


def test_it_makes_the_sample_home() -> None:
    assert said("samplehome") == "The sample home is ready.\n"

    assert Home.objects.get().slug == sample_home.SLUG
    assert Appliance.objects.count() == len(sample_home.APPLIANCES)
    assert verifying.differences() == []


def test_it_lets_in_who_is_named() -> None:
    a_person("ada")
    a_person("eve")

    assert said("samplehome", "ada") == "The sample home is ready.\nada is an owner of it.\n"

    assert members() == {"ada": Role.OWNER}


def test_it_lets_in_every_administrator_when_nobody_is_named() -> None:
    a_person("ada", is_superuser=True)
    a_person("bob", is_superuser=True)
    a_person("gone", is_superuser=True, is_active=False)
    a_person("eve")

    said("samplehome")

    assert members() == {"ada": Role.OWNER, "bob": Role.OWNER}


def test_run_again_it_changes_nothing() -> None:
    a_person("ada")
    said("samplehome", "ada")
    revision = Home.objects.get().revision

    assert said("samplehome", "ada") == "The sample home was there already.\n"

    assert (Home.objects.get().revision, members()) == (revision, {"ada": Role.OWNER})


def test_run_again_it_completes_what_is_missing() -> None:
    said("samplehome")
    appliance.remove(appliance_id=Appliance.objects.get(name="Kettle").pk, **BY)

    assert said("samplehome") == "The sample home is ready.\n"

    assert Appliance.objects.filter(name="Kettle").exists()


def test_a_role_that_somebody_has_is_left_alone() -> None:
    ada = a_person("ada")
    said("samplehome")
    membership.let_in(user=ada, slug=sample_home.SLUG, role=Role.VIEWER, **BY)

    assert said("samplehome", "ada") == "The sample home was there already.\n"

    assert members() == {"ada": Role.VIEWER}


@pytest.mark.parametrize("name", ["nobody", "gone"])
def test_somebody_who_cannot_sign_in_is_an_error_and_no_home_is_made(name: str) -> None:
    a_person("gone", is_active=False)

    with pytest.raises(CommandError, match=f"no active person called '{name}'"):
        said("samplehome", name)

    assert not Home.objects.exists()
    assert User.objects.count() == 1
