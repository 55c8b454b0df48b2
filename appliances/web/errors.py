"""Error answers: what happened and what to do."""

import sys
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import get_template
from django.utils.translation import gettext as _
from django.views.defaults import server_error

from appliances.interlock.guard import InterlockMissing
from appliances.presentation import problems
from appliances.services.access import Forbidden
from appliances.services.fair_turn import TookTooLong
from appliances.services.outcome import Busy, Missing, RemovedSince
from appliances.web import guarding

View = Callable[..., HttpResponse]

RETRY_SECONDS = str(problems.RETRY_SECONDS)
UNAVAILABLE = (OperationalError, InterfaceError, Busy, TookTooLong)
"""What passes by itself: the database does not answer, cannot be written, or the turn did not come."""


class Unclear(Exception):
    """A request that says too little, or nonsense; the text says what to send."""

    def __init__(self, title: str, text: str) -> None:
        super().__init__(text)
        self.title = title


def named(view: View) -> View:
    """What a request or the services stumble over as pages. A refusal or bad input is the view's own to show."""

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except Missing as why:
            raise Http404(str(why)) from why
        except (Forbidden, RemovedSince) as why:
            status, title = (403, _("Not allowed")) if isinstance(why, Forbidden) else (410, _("Removed since"))
            return page(request, status, title, str(why))
        except guarding.NAMED as why:
            asked = guarding.asked(request, why)
            return page(request, asked.status, _("Confirm first"), asked.text)
        except Unclear as why:
            return page(request, 400, why.title, str(why))
        except InterlockMissing:
            found = problems.INTERLOCK_MISSING
            return page(request, found.status, _("Not safe to switch"), _(found.meaning))
        except (Busy, TookTooLong) as why:
            return busy(request, str(why) or _("Nothing was changed; try again."))

    return answered


def busy(request: HttpRequest, text: str) -> HttpResponse:
    answer = page(request, 503, _("Busy"), text)
    answer["Retry-After"] = RETRY_SECONDS
    return answer


def failed(request: HttpRequest) -> HttpResponse:
    """Whatever nobody caught, in a view or on the way to it. The page needs no database, which may be what failed."""
    if not isinstance(sys.exception(), UNAVAILABLE):
        return server_error(request)
    answer = HttpResponse(get_template("503.html").render(), status=503)
    answer["Retry-After"] = RETRY_SECONDS
    return answer


def page(request: HttpRequest, status: int, title: str, text: str) -> HttpResponse:
    return render(request, "appliances/error.html", {"title": title, "text": text, "status": status}, status=status)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Usually a page that was open since before signing in again; loading it afresh is the cure."""
    answer = HttpResponse(get_template("403_csrf.html").render({}, request), status=403)
    if request.headers.get("HX-Request"):
        answer["HX-Refresh"] = "true"
    return answer
