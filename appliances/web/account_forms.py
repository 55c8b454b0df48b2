"""The forms of signing in and confirming: allauth's, with every try counted before it is judged."""

from datetime import timedelta
from typing import Any

from allauth.account.forms import LoginForm, ReauthenticateForm
from allauth.account.internal.flows.login import perform_password_login
from allauth.core import context
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as ReauthenticateCodeForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    EditWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from appliances.models.decision import Action
from appliances.services import accounts, throttle
from appliances.services.throttle import Throttled, Try
from appliances.web import signing

PASSWORD_OF = "voltsafe_password_of"  # noqa: S105
"""In a sign-in that waits for its second factor: the password it began with, so that another one ends it."""

CODE_LIVES = timedelta(seconds=30 * (2 * settings.MFA_TOTP_TOLERANCE + 1))
"""For so long a code of the app is right, and remembered once it was used."""


class SignInForm(LoginForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        name, password = self.fields["login"], self.fields["password"]
        name.label, password.help_text = _("Name"), ""
        name.widget.attrs = {"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        password.widget.attrs = {"autocomplete": "current-password"}

    def add_prefix(self, field_name: str) -> str:
        """Posted under the name that browsers and people's bookmarks know."""
        return "username" if field_name == "login" else super().add_prefix(field_name)

    def login(self, request: HttpRequest, redirect_url: str | None = None) -> HttpResponse:
        self._login.redirect_url = redirect_url
        self._login.state[PASSWORD_OF] = self.user.get_session_auth_hash()
        # As long as it waits for a second factor; adapter.login gives it its full time.
        request.session.set_expiry(settings.ACCOUNT_LOGIN_TIMEOUT)
        answer: HttpResponse = perform_password_login(request, self.user_credentials(), self._login)
        return answer


class ConfirmPasswordForm(ReauthenticateForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        password = self.fields["password"]
        password.label, password.help_text = _("Your password"), ""
        password.widget.attrs = {"autocomplete": "current-password"}

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        if problem := signing.judge(context.request, self.user, password):
            raise ValidationError(problem)
        return password


class Judged:
    """For allauth's forms of a factor: the field is a try, counted before and forgiven after it was right."""

    action = Action.SIGN_IN
    step = "factor"
    user: Any

    def tries(self) -> tuple[Try, ...]:
        return throttle.second_factor(self.user.pk, signing.address(context.request))

    def judged(self, clean: Any) -> Any:
        tries = self.tries()
        try:
            signing.take(context.request, tries)
        except Throttled as why:
            raise ValidationError(str(why), code="throttled") from why
        try:
            found = clean()
        except ValidationError:
            name = self.user.get_username() if self.user else ""
            facts = {**signing.where(context.request), "step": self.step}
            accounts.note_failure(self.action, name, now=timezone.now(), facts=facts)
            raise
        throttle.succeeded(tries)
        return found


class CodeForm(Judged):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _show_code(self.fields["code"], self.help_text())  # type: ignore[attr-defined]

    def help_text(self) -> Any:
        return _("Of your authenticator app, or one of your recovery codes.")

    def clean_code(self) -> str:
        return str(self.judged(self._right_code))

    def _right_code(self) -> str:
        code: str = super().clean_code()  # type: ignore[misc]
        found: Authenticator = self.authenticator  # type: ignore[attr-defined]
        if found.type == Authenticator.Type.TOTP:
            only_once(self.user.pk, code)
        return code


class SecondFactorForm(CodeForm, AuthenticateForm):  # type: ignore[misc]
    pass


class ConfirmCodeForm(CodeForm, ReauthenticateCodeForm):  # type: ignore[misc]
    action = Action.CONFIRM


class PasskeyForm(Judged):
    step = "passkey"

    def clean_credential(self) -> Authenticator:
        found: Authenticator = self.judged(self._right_credential)
        return found

    def _right_credential(self) -> Authenticator:
        try:
            found: Authenticator = super().clean_credential()  # type: ignore[misc]
        except (AttributeError, KeyError, TypeError, ValueError) as why:
            # What is no answer of a browser's is read in many places, and none of them expects it.
            raise ValidationError(_("That passkey was not accepted."), code="incorrect_code") from why
        if not found.user.is_active:
            raise ValidationError(_("That passkey was not accepted."), code="incorrect_code")
        return found


class SecondPasskeyForm(PasskeyForm, AuthenticateWebAuthnForm):  # type: ignore[misc]
    pass


class ConfirmPasskeyForm(PasskeyForm, ReauthenticateWebAuthnForm):  # type: ignore[misc]
    action = Action.CONFIRM


class PasskeySignInForm(PasskeyForm, LoginWebAuthnForm):  # type: ignore[misc]
    def tries(self) -> tuple[Try, ...]:
        return throttle.passkey(signing.address(context.request))


class AddAppForm(ActivateTOTPForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _show_code(self.fields["code"], _("Six digits, as the app shows them now."))

    def clean_code(self) -> str:
        code = str(super().clean_code())
        only_once(self.user.pk, code)
        return code


class AddPasskeyForm(AddWebAuthnForm):  # type: ignore[misc]
    name = forms.CharField(label=_("Name"), max_length=80, required=False, help_text=_("To tell it from others."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["passwordless"]

    def clean(self) -> dict[str, Any]:
        # Asked of the browser; whoever answers without it answers another question.
        self.cleaned_data["passwordless"] = True
        try:
            return super().clean()  # type: ignore[no-any-return]
        except (AttributeError, KeyError, TypeError, ValueError) as why:
            raise ValidationError(_("That passkey was not accepted."), code="incorrect_code") from why


class NamePasskeyForm(EditWebAuthnForm):  # type: ignore[misc]
    name = forms.CharField(label=_("Name"), max_length=80)


def only_once(user_id: int, code: str) -> None:
    """allauth remembers it too, but in one process and until that ends. Raises ValidationError."""
    digits = "".join(filter(str.isdigit, code))
    if not throttle.once(f"totp\0{user_id}\0{digits}", CODE_LIVES, timezone.now()):
        raise ValidationError(_("This code was used already. Wait for the next one."), code="used")


def _show_code(field: Any, help_text: Any) -> None:
    field.label, field.help_text = _("Code"), help_text
    field.widget.attrs = {"autocomplete": "one-time-code", "inputmode": "numeric", "autocapitalize": "none"}
