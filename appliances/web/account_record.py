"""Puts on record what people do to how they sign in: django-allauth tells of it by signals."""

from typing import Any

from allauth.account.signals import authentication_step_completed
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added, authenticator_removed, authenticator_reset
from django.http import HttpRequest
from django.utils import timezone

from appliances.models import User
from appliances.models.decision import Action
from appliances.services import accounts
from appliances.web import signing


def listen() -> None:
    """Once, when the process starts."""
    authentication_step_completed.connect(_shown, dispatch_uid="voltsafe")
    authenticator_added.connect(_added, dispatch_uid="voltsafe")
    authenticator_removed.connect(_removed, dispatch_uid="voltsafe")
    authenticator_reset.connect(_made_again, dispatch_uid="voltsafe")


def _shown(request: HttpRequest, user: User, method: str, **more: Any) -> None:
    # The steps of signing in are told of at its end, all together.
    if more.get("reauthenticated"):
        _note(Action.CONFIRM, request, user, ways=[more.get("type") or method])


def _added(request: HttpRequest, user: User, authenticator: Authenticator, **_more: Any) -> None:
    _note(Action.ADD_FACTOR, request, user, factor=authenticator.type)


def _removed(request: HttpRequest, user: User, authenticator: Authenticator, **_more: Any) -> None:
    _note(Action.REMOVE_FACTOR, request, user, factor=authenticator.type)


def _made_again(request: HttpRequest, user: User, authenticator: Authenticator, **_more: Any) -> None:
    _note(Action.ADD_FACTOR, request, user, factor=authenticator.type, again=True)


def _note(action: Action, request: HttpRequest, user: User, **facts: Any) -> None:
    accounts.note(action, user, now=timezone.now(), facts={**signing.where(request), **facts})
