"""What a person signs in with besides a password: an authenticator app, passkeys, recovery codes."""

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.views import GenerateRecoveryCodesView
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from allauth.mfa.webauthn.internal.auth import begin_registration
from allauth.mfa.webauthn.views import AddWebAuthnView, EditWebAuthnView, RemoveWebAuthnView
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from appliances.presentation import account as shown
from appliances.web import asking, signing

FORM = "appliances/account_form.html"


class AddApp(ActivateTOTPView):  # type: ignore[misc]
    template_name = "appliances/app_add.html"


class RemoveApp(DeactivateTOTPView):  # type: ignore[misc]
    template_name = FORM
    extra_context = {
        "title": _("Remove the authenticator app?"),
        "text": _("Signing in will ask for your password alone, or for a passkey. Set the app up again at any time."),
        "submit_text": _("Remove"),
        "is_removal": True,
        "back_url": reverse_lazy("account"),
    }


class AddPasskey(AddWebAuthnView):  # type: ignore[misc]
    template_name = "appliances/passkey_add.html"
    success_url = reverse_lazy("mfa_list_webauthn")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = super().get_context_data(**kwargs)
        # One that knows whose it is and asks for a finger, a face or a code, so that it is enough by itself.
        return {"form": self.get_form(), **found, **kwargs, "question": self.question()}

    def question(self) -> dict[str, Any]:
        return begin_registration(self.request.user, passwordless=True)  # type: ignore[no-any-return]

    def get_success_url(self) -> str:
        if self.did_generate_recovery_codes:
            return str(super().get_success_url())
        return str(self.success_url)


class NamePasskey(EditWebAuthnView):  # type: ignore[misc]
    template_name = FORM
    extra_context = {
        "title": _("Name of the passkey"),
        "submit_text": _("Save"),
        "back_url": reverse_lazy("mfa_list_webauthn"),
    }


class RemovePasskey(RemoveWebAuthnView):  # type: ignore[misc]
    template_name = FORM
    extra_context = {
        "title": _("Remove this passkey?"),
        "text": _("It will not sign you in any more. Delete it on your device too, where your passkeys are kept."),
        "submit_text": _("Remove"),
        "is_removal": True,
        "back_url": reverse_lazy("mfa_list_webauthn"),
    }


class NewCodes(GenerateRecoveryCodesView):  # type: ignore[misc]
    template_name = FORM
    extra_context = {
        "title": _("Make new recovery codes?"),
        "text": _("The ones you have are then worth nothing."),
        "submit_text": _("Make new ones"),
        "back_url": reverse_lazy("mfa_view_recovery_codes"),
    }


add_app = signing.answered(AddApp.as_view())
remove_app = signing.answered(RemoveApp.as_view())
add_passkey = signing.answered(AddPasskey.as_view())
name_passkey = signing.answered(NamePasskey.as_view())
remove_passkey = signing.answered(RemovePasskey.as_view())
new_codes = signing.answered(NewCodes.as_view())


@require_GET
def passkeys(request: HttpRequest) -> HttpResponse:
    found = shown.passkeys(asking.person(request), timezone.now())
    return render(request, "appliances/passkeys.html", {"passkeys": found})


@require_GET
@never_cache
@signing.confirmed
def codes(request: HttpRequest) -> HttpResponse:
    problem, left = _codes(request)
    return render(request, "appliances/recovery_codes.html", {"codes": left, "problem": problem})


@require_GET
@never_cache
@signing.confirmed
def codes_as_text(request: HttpRequest) -> HttpResponse:
    _problem, left = _codes(request)
    answer = HttpResponse("".join(f"{one}\n" for one in left), content_type="text/plain; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="voltsafe-recovery-codes.txt"'
    return answer


def _codes(request: HttpRequest) -> tuple[str, list[str]]:
    """Why they cannot be read, or those that were not used yet, in halves that are read with ease."""
    of_theirs = Authenticator.objects.filter(user=asking.person(request))
    row = of_theirs.filter(type=Authenticator.Type.RECOVERY_CODES).first()
    if row is None:
        raise Http404("There are no recovery codes.")
    try:
        found = row.wrap().get_unused_codes()
    except ValidationError as why:
        return " ".join(why.messages), []
    return "", [f"{one[:4]} {one[4:]}" for one in found]
