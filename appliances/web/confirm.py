"""Showing again that it is you, with your password, a code or a passkey; then on to what was asked for."""

from typing import Any

from allauth.account.views import ReauthenticateView
from allauth.mfa.base.views import ReauthenticateView as ReauthenticateCodeView
from allauth.mfa.webauthn.views import ReauthenticateWebAuthnView
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from appliances.web import signing

PAGE = "appliances/confirm.html"
NAMES = {
    "reauthenticate": _("With your password"),
    "mfa_reauthenticate": _("With a code"),
    "mfa_reauthenticate:webauthn": _("With a passkey"),
}


class Confirms:
    template_name = PAGE

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = super().get_context_data(**kwargs)  # type: ignore[misc]
        others = [{"url": one["url"], "name": NAMES[one["id"]]} for one in found["reauthentication_alternatives"]]
        return {"form": self.get_form(), **found, **kwargs, "others": others}  # type: ignore[attr-defined]


class ConfirmPassword(Confirms, ReauthenticateView):  # type: ignore[misc]
    pass


class ConfirmCode(Confirms, ReauthenticateCodeView):  # type: ignore[misc]
    pass


class ConfirmPasskey(Confirms, ReauthenticateWebAuthnView):  # type: ignore[misc]
    def form_invalid(self, form: Any) -> HttpResponse:
        problem = " ".join(form.errors.get("credential", []))
        return self.render_to_response(self.get_context_data(problem=problem))  # type: ignore[no-any-return]


password = signing.answered(ConfirmPassword.as_view())
code = signing.answered(ConfirmCode.as_view())
passkey = signing.answered(ConfirmPasskey.as_view())
