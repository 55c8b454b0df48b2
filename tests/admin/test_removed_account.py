"""An account that is deleted in the administration leaves every home on record."""

import pytest
from django.test import Client

from appliances.models import Decision, User
from appliances.services import actor, people, verifying
from tests.admin.pages import delete
from tests.builders import NOW, a_home, a_person

pytestmark = pytest.mark.django_db


def test_each_home_tells_who_is_gone(admin: Client, keeper: User) -> None:
    flat = a_home("Flat", owner=keeper)
    people.add(home_id=flat.pk, user_id=(gran := a_person("gran")).pk, role="guest", by=actor.SYSTEM, now=NOW)

    delete(admin, gran)

    newest = Decision.objects.filter(home=flat).latest("id")
    assert (newest.action, newest.subject_name, newest.actor_name) == ("remove_member", "gran", "keeper")
    assert verifying.differences() == []
