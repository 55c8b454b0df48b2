"""What django-allauth asks us: who may sign in, what is put on record, where one may be sent, how secrets are kept."""

import base64
import hashlib
import ipaddress
from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import Resolver404, resolve
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from appliances.models import User
from appliances.models.decision import Action
from appliances.presentation import browsers
from appliances.services import accounts, confirming, sessions, throttle
from appliances.services.throttle import Throttled
from appliances.web import signing

SAID = {
    "mfa/messages/totp_activated.txt": _("From now on signing in asks for a code of the app."),
    "mfa/messages/totp_deactivated.txt": _("The app is no longer asked for."),
    "mfa/messages/webauthn_added.txt": _("Passkey added."),
    "mfa/messages/webauthn_removed.txt": _("Passkey removed."),
    "mfa/messages/recovery_codes_generated.txt": _("Recovery codes made. Keep them where you keep your papers."),
}
"""Of what allauth would say, what is worth saying, in our words."""


KEY_CHANGED = _(
    "VoltSafe's secret key is another than when this was set up. "
    "Whoever runs VoltSafe can help: manage.py resetpassword --without-second-factor."
)


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": _("That name and password do not belong together."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """The person, if name and password belong together. Raises ValidationError where it is not judged."""
        username = credentials["username"]
        tries = throttle.sign_in(username, signing.address(request))
        try:
            signing.take(request, tries)
        except Throttled as why:
            raise ValidationError(str(why), code="throttled") from why
        user = authenticate(request, **credentials)
        if not isinstance(user, User):
            accounts.note_failure(Action.SIGN_IN, username, now=timezone.now(), facts=signing.where(request))
            return None
        throttle.succeeded(tries)
        return user

    def login(self, request: HttpRequest, user: User) -> None:
        """On record first: nobody is in without it."""
        where, now = signing.where(request), timezone.now()
        accounts.note(Action.SIGN_IN, user, now=now, facts={**where, "ways": signing.ways(request)})
        super().login(request, user)
        sessions.begin(request.session, user, now=now, **where)

    def respond_user_inactive(self, request: HttpRequest, user: User) -> HttpResponse:
        return redirect("sign_in")

    def is_reauthentication_required(self, *, app: str, **_kwargs: Any) -> bool:
        """The same as everywhere: signing in counts, for as long as confirming does."""
        request = context.request
        return not confirming.is_recent(request.session, request.user.pk, timezone.now())

    def is_safe_url(self, url: str) -> bool:
        """Only pages of our own, named by their path: no host, not even ours."""
        if not url.startswith("/") or not url_has_allowed_host_and_scheme(url, allowed_hosts=None):
            return False
        try:
            resolve(urlsplit(url).path)
        except (Resolver404, ValueError):
            return False
        return True

    def get_client_ip(self, request: HttpRequest) -> str:
        try:
            return str(ipaddress.ip_address(signing.address(request)))
        except ValueError:
            return sessions.NOWHERE

    def add_message(
        self, request: HttpRequest, level: int, message_template: str | None = None, *args: Any, **kwargs: Any
    ) -> None:
        if text := kwargs.get("message") or SAID.get(message_template or ""):
            messages.add_message(request, level, text)


class FactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    error_messages = {**DefaultMFAAdapter.error_messages, "incorrect_code": _("That code is not right.")}

    def encrypt(self, text: str) -> str:
        """Whoever reads the database alone cannot make codes."""
        return _box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        try:
            return _box().decrypt(encrypted_text.encode()).decode()
        except InvalidToken as why:
            raise ValidationError(KEY_CHANGED, code="key_changed") from why

    def generate_authenticator_name(self, user: User, type: Any) -> str:  # noqa: A002
        return browsers.name(signing.agent(context.request))

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {**super().get_public_key_credential_rp_entity(), "name": "VoltSafe"}


def _box() -> Fernet:
    key = hashlib.sha256(b"voltsafe second factors\0" + settings.SECRET_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))
