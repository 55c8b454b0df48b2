"""The headers that every answer has, whoever made it."""

from typing import Any

import pytest
from django.test import override_settings

from tests.serving.asking import a_part, a_request, ask
from voltsafe import http_pool
from voltsafe.asgi import application
from voltsafe.headers import MISSING, WithHeaders, completed
from voltsafe.http_pool import HttpPool


def test_what_an_answer_says_itself_is_left_as_it_is() -> None:
    told = completed([(b"Cache-Control", b"max-age=60")], scheme="http")

    assert [value for name, value in told if name.lower() == b"cache-control"] == [b"max-age=60"]


@pytest.mark.parametrize(("scheme", "seconds", "said"), [("https", 60, True), ("http", 60, False), ("https", 0, False)])
def test_https_is_asked_for_where_it_is_spoken(scheme: str, seconds: int, said: bool) -> None:
    with override_settings(SECURE_HSTS_SECONDS=seconds):
        told = dict(completed([], scheme=scheme))

    assert (b"strict-transport-security" in told) is said


def test_no_policy_allows_anything_unsafe() -> None:
    from django.conf import settings

    directives = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    sources = {source for allowed in directives.values() for source in allowed}

    assert sources == {"'none'", "'self'", "data:"}
    assert [name for name, allowed in directives.items() if "data:" in allowed] == ["img-src"]
    assert directives["object-src"] == directives["base-uri"] == directives["frame-ancestors"] == ["'none'"]
    assert b"unsafe" not in MISSING[b"content-security-policy"]


async def headers_of(application: Any, *args: Any) -> tuple[int, dict[bytes, bytes]]:
    heard = await ask(application, *args)
    assert heard is not None
    return heard.status, dict(heard.headers)


def broken(_environ: Any, _start: Any) -> Any:
    raise ZeroDivisionError


async def test_the_answers_of_the_pool_have_them() -> None:
    pool = HttpPool(broken, threads=1, waiting=0)
    too_long = a_part(bytes(http_pool.MOST_BYTES + 1))
    answers = [
        await headers_of(WithHeaders(pool), a_request()),
        await headers_of(WithHeaders(pool), a_request(), too_long),
    ]
    pool._room = 0
    answers.append(await headers_of(WithHeaders(pool), a_request()))
    pool.close()

    assert [status for status, _headers in answers] == [500, 413, 503]
    assert all(headers.items() >= MISSING.items() for _status, headers in answers)


@pytest.mark.parametrize("host", [b"testserver", b"evil.example"])
@pytest.mark.parametrize("path", [b"/healthz", b"/static/voltsafe.css", b"/static/nothing.css", b"/\xff", b"//evil"])
@pytest.mark.django_db(transaction=True)
async def test_the_answers_of_the_application_have_them(path: bytes, host: bytes) -> None:
    status, headers = await headers_of(application, a_request(path) | {"headers": [(b"host", host)]})

    assert status in {200, 302, 400, 404}
    assert headers.keys() >= MISSING.keys()
    assert b"server" not in headers
