"""Who works in the administration."""

import pytest
from django.test import Client

from appliances.models import User
from tests.builders import a_person, confirm


@pytest.fixture
def keeper(db: None) -> User:
    return a_person("keeper", is_staff=True, is_superuser=True)


@pytest.fixture
def admin(client: Client, keeper: User) -> Client:
    client.force_login(keeper)
    confirm(client, keeper)
    return client
