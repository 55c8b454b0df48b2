"""A monitor asks a process by its address; nobody else is answered under a name that is not ours."""

import pytest
from asgiref.sync import sync_to_async
from django.conf import settings
from django.test import Client

from tests.builders import a_person, a_token
from tests.serving.asking import a_request, ask
from voltsafe.asgi import application

pytestmark = pytest.mark.django_db(transaction=True)

BY_ADDRESS = (b"host", b"172.30.80.131:8000")


async def status_of(path: bytes, *headers: tuple[bytes, bytes]) -> int:
    heard = await ask(application, a_request(path) | {"headers": [BY_ADDRESS, *headers]})
    assert heard is not None
    return heard.status


@pytest.fixture
def staff() -> tuple[str, str]:
    """A token of theirs, and the key of their session."""
    person = a_person(is_staff=True)
    client = Client()
    client.force_login(person)
    return a_token(person)[1], client.cookies[settings.SESSION_COOKIE_NAME].value


async def test_a_monitor_with_its_token_is_answered_under_any_name(staff: tuple[str, str]) -> None:
    assert await status_of(b"/metrics", (b"authorization", f"Bearer {staff[0]}".encode())) == 200


async def test_without_a_token_that_is_good_it_is_not(staff: tuple[str, str]) -> None:
    await sync_to_async(a_person)()
    cookie = (b"cookie", f"{settings.SESSION_COOKIE_NAME}={staff[1]}".encode())

    assert await status_of(b"/metrics", cookie) == 400
    assert await status_of(b"/metrics", (b"authorization", b"Bearer vs_wrong")) == 401
    assert await status_of(b"/metrics", (b"authorization", b"Bearer vs_wrong"), cookie) == 401


async def test_no_other_address_is_answered_under_a_name_that_is_not_ours(staff: tuple[str, str]) -> None:
    token = (b"authorization", f"Bearer {staff[0]}".encode())

    assert {await status_of(path, token) for path in (b"/api/v1/homes", b"/healthz", b"/metrics/", b"/")} == {400}
