"""Who asks on a page: the person behind the session, and whether they have just shown again that it is they."""

from dataclasses import replace

from django.http import HttpRequest
from django.utils import timezone

from appliances.models import User
from appliances.services import access, confirming
from appliances.services.access import Asker
from appliances.web import signing

INSTALLER_CODE = "installer_code"
"""The field of any form that carries the home's installer code."""

PASSWORD = "confirm_password"  # noqa: S105
"""The field of any form by which its person shows again that it is they."""


def person(request: HttpRequest) -> User:
    """The sign-in middleware lets nobody through who is not signed in."""
    assert isinstance(request.user, User)
    return request.user


def of(request: HttpRequest) -> Asker:
    """Looked at once a request: a password that came with the form is a try at it."""
    known: Asker | None = getattr(request, "voltsafe_asker", None)
    if known is None:
        known = _look(request)
        request.voltsafe_asker = known  # type: ignore[attr-defined]
    return known


def problem(request: HttpRequest) -> str:
    """Why the password that came with the form did not count."""
    return getattr(request, "voltsafe_problem", "")


def _look(request: HttpRequest) -> Asker:
    user = person(request)
    confirmed = confirming.is_recent(request.session, user.pk, timezone.now())
    if not confirmed and (password := request.POST.get(PASSWORD, "")):
        confirmed, said = signing.confirm(request, user, password)
        request.voltsafe_problem = said  # type: ignore[attr-defined]
    asker = access.person(user, confirmed=confirmed)
    code = request.POST.get(INSTALLER_CODE, "")
    return replace(asker, by=replace(asker.by, installer_code=code)) if code else asker
