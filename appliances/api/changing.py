"""How a change is asked for: for real or to see what it would do, and, with a key, once however often it is sent.

The router puts every operation of the API behind `carefully`; none of them knows.
"""

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from appliances.api import answering, authentication, handlers
from appliances.models import User
from appliances.presentation import resources
from appliances.services import answered
from appliances.services.actor import Key
from appliances.services.answered import Answer
from appliances.services.cleaning import Invalid
from appliances.services.outcome import Refused, Rehearsed

View = Callable[..., HttpResponse]

DRY_RUN = "dry_run"
KEY = "Idempotency-Key"
INSTALLER_CODE = "Installer-Code"
REPLAYED = "Idempotent-Replayed"
LONGEST_KEY = 255
KEPT_HEADERS = ("Content-Type", "Location", "ETag")


def carefully(view: View) -> View:
    """Read who asks, and how, before the view; what it calls finds it in the asker's `by`."""

    @wraps(view)
    def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method in authentication.SAFE:
            return view(request, *args, **kwargs)
        is_dry_run = _is_dry_run(request)
        authentication.let_ask(request, installer_code=request.headers.get(INSTALLER_CODE, ""))
        key = _key_of(request, authentication.person(request))
        if is_dry_run:
            authentication.let_ask(request, dry_run=True)
            try:
                return view(request, *args, **kwargs)
            except Rehearsed as why:
                return answering.json(resources.rehearsal(why.changed.decisions))
        if key is None:
            return view(request, *args, **kwargs)
        authentication.let_ask(request, key=key)
        return _once(key, request, lambda: view(request, *args, **kwargs))

    return asked


def _once(key: Key, request: HttpRequest, call: Callable[[], HttpResponse]) -> HttpResponse:
    earlier = answered.given(key)
    if earlier is not None:
        return _given(earlier)
    try:
        response = call()
    except Refused as why:
        response = handlers.refused(request, why)
    headers = {name: response[name] for name in KEPT_HEADERS if name in response}
    return _given(answered.settle(key, Answer(response.status_code, response.content.decode(), headers)))


def _given(answer: Answer) -> HttpResponse:
    response = HttpResponse(answer.body, status=answer.status, headers=answer.headers)
    if answer.is_replay:
        response[REPLAYED] = "true"
    return response


def _is_dry_run(request: HttpRequest) -> bool:
    said = request.GET.getlist(DRY_RUN)
    if said not in ([], ["true"], ["false"]):
        raise Invalid({DRY_RUN: [_("Say true or false.")]})
    return said == ["true"]


def _key_of(request: HttpRequest, user: User) -> Key | None:
    sent = request.headers.get(KEY)
    if request.method != "POST" or sent is None:
        return None
    text = _unquoted(sent.strip())
    if not (0 < len(text) <= LONGEST_KEY and text.isascii() and text.isprintable()):
        raise Invalid({KEY: [_("Give 1 to %d plain characters, a new key for each request.") % LONGEST_KEY]})
    return Key(user.pk, text, _fingerprint(request), uuid4().hex, timezone.now())


def _unquoted(sent: str) -> str:
    """The standard's keys stand between quotation marks; those of many clients do not. Both name the same."""
    return sent[1:-1] if len(sent) > 1 and sent[0] == sent[-1] == '"' else sent


def _fingerprint(request: HttpRequest) -> str:
    said = f"{request.method}\0{request.get_full_path()}\0".encode()
    return hashlib.sha256(said + request.body).hexdigest()
