"""The homes of a person, a home's page, and its board alone."""

from django.contrib.messages import get_messages
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from appliances.models import Home
from appliances.presentation import answers, around, board, frames, snapshot
from appliances.presentation.around import Around, Reader, Said
from appliances.services import access
from appliances.services.access import May
from appliances.web import answering, asking, errors, places


@require_safe
def home_list(request: HttpRequest) -> HttpResponse:
    homes = list(Home.objects.of(asking.person(request)))
    if len(homes) == 1 and "all" not in request.GET:
        return redirect("home", slug=homes[0].slug)
    listed = [
        {"name": row.name, "url": reverse("home", args=[row.slug]), "meter": board.meter(snapshot.read(row.pk))}
        for row in homes
    ]
    return render(request, "appliances/home_list.html", {"homes": listed, "add_home_url": reverse("home_add")})


@require_safe
@errors.named
def home(request: HttpRequest, slug: str) -> HttpResponse:
    row, role = access.home_at(asker=asking.of(request), slug=slug, capability=May.LOOK)
    new = board.board(snapshot.read(row.pk, read_before=row), role)
    person = asking.person(request)
    around_it = Around(
        home_name=new.home_name,
        home_slug=new.home_slug,
        may_edit=new.may_edit,
        may_configure=new.may_configure,
        may_manage=new.may_manage,
        reader=Reader(person.username, person.is_staff),
        places=places.of(person, here=slug),
        messages=tuple(Said(one.tags, str(one)) for one in get_messages(request)),
    )
    answer = answers.earlier(row.pk, request.GET.get("refused", ""))
    return HttpResponse(around.page(around_it, new, answer, token=get_token(request)))


@require_safe
@errors.named
def board_alone(request: HttpRequest, slug: str) -> HttpResponse:
    """Everything that changes with the home, as the socket would push it: for polling, gaps and reconnects."""
    row, role = access.home_at(asker=asking.of(request), slug=slug, capability=May.LOOK)
    new = board.board(snapshot.read(row.pk, read_before=row), role)
    return answering.in_pieces([frames.full(new)], new.revision)
