"""The way in and out: name and password, then a second factor where there is one; or a passkey and nothing else."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.views import LoginView
from allauth.mfa.base.views import AuthenticateView
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal.auth import begin_authentication
from allauth.mfa.webauthn.views import LoginWebAuthnView
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.views.decorators.http import require_POST

from appliances.models import User
from appliances.models.decision import Action
from appliances.services import accounts, sessions, throttle
from appliances.services.throttle import Throttled
from appliances.web import signing
from appliances.web.account_forms import PASSWORD_OF, SignInForm

PAGE = "appliances/sign_in.html"


class Afresh:
    def _redirect_to_pending_stage(self, request: HttpRequest, stage: Any) -> None:
        """Who comes back from the second factor begins again."""


class SignIn(Afresh, LoginView):  # type: ignore[misc]
    template_name = PAGE


class SecondFactor(AuthenticateView):  # type: ignore[misc]
    template_name = "appliances/second_factor.html"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        login = self.stage.login
        has = login.state.get(PASSWORD_OF, "")
        if not login.user.is_active or not constant_time_compare(has, login.user.get_session_auth_hash()):
            return self.stage.abort()  # type: ignore[no-any-return]
        return super().post(request, *args, **kwargs)  # type: ignore[no-any-return]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = super().get_context_data(**kwargs)
        kinds = set(Authenticator.objects.filter(user=self.stage.login.user).values_list("type", flat=True))
        takes_codes = bool(kinds - {Authenticator.Type.WEBAUTHN})
        return {**found, "takes_codes": takes_codes, "takes_passkeys": Authenticator.Type.WEBAUTHN in kinds}


class PasskeySignIn(Afresh, LoginWebAuthnView):  # type: ignore[misc]
    """A POST without a passkey asks for the question that one answers; with it, it is judged."""

    template_name = PAGE

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return redirect("sign_in")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.POST.get("credential"):
            return super().post(request, *args, **kwargs)  # type: ignore[no-any-return]
        try:
            # A question costs a session, so asking for it is a try too.
            signing.take(request, throttle.passkey(signing.address(request)))
        except Throttled as why:
            return JsonResponse({"problem": str(why)}, status=429)
        question = begin_authentication()
        request.session.set_expiry(settings.ACCOUNT_LOGIN_TIMEOUT)
        return JsonResponse(question)

    def form_valid(self, form: Any) -> HttpResponse:
        throttle.succeeded(throttle.passkey(signing.address(self.request)))
        return super().form_valid(form)  # type: ignore[no-any-return]

    def form_invalid(self, form: Any) -> HttpResponse:
        problem = " ".join(form.errors.get("credential", []))
        context = self.get_context_data(form=SignInForm(request=self.request), problem=problem)
        wanted = self.request.POST.get("next", "")
        return self.render_to_response({**context, "redirect_field_value": wanted})  # type: ignore[no-any-return]


sign_in = signing.answered(SignIn.as_view())
second_factor = signing.answered(SecondFactor.as_view())
passkey = signing.answered(PasskeySignIn.as_view())


@login_not_required
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    key = request.session.session_key or ""
    if isinstance(request.user, User):
        accounts.note(Action.SIGN_OUT, request.user, now=timezone.now(), facts=signing.where(request))
        sessions.forget(key)
    get_adapter().logout(request)
    return redirect("sign_in")
