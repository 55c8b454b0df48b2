"""Keeps when a session was last used, every few minutes, and lets it live on from then."""

import contextlib
from collections.abc import Callable

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from appliances.interlock.guard import InterlockMissing
from appliances.models import User
from appliances.services import sessions
from appliances.services.fair_turn import TookTooLong
from appliances.web import signing


class SessionSeenMiddleware:
    """After the answer is made, and only where it was made for the session's person: the rest does not read one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        before = request.session.session_key
        answer = self.get_response(request)
        if request.session.accessed and request.session.session_key and isinstance(request.user, User):
            where = {"address": signing.address(request), "agent": signing.agent(request)}
            # The next request says it again.
            with contextlib.suppress(TookTooLong, OperationalError, InterlockMissing):
                if before and before != request.session.session_key:
                    sessions.moved(before, request.session.session_key)
                sessions.seen(request.session, request.user, now=timezone.now(), **where)
        return answer
