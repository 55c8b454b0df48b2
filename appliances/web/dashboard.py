"""The homes of a person, a home's page, and its board alone."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from appliances.models import Home
from appliances.presentation import answers, board, frames, snapshot
from appliances.services import access
from appliances.services.access import May
from appliances.web import answering, asking, errors


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
    context = {
        "board": new,
        "answer": answers.earlier(row.pk, request.GET.get("refused", "")),
        "socket_url": f"/ws/homes/{slug}/",
        "board_url": reverse("board", args=[slug]),
        "add_appliance_url": reverse("appliance_add", args=[slug]),
        "add_circuit_url": reverse("circuit_add", args=[slug]),
        "edit_home_url": reverse("home_edit", args=[slug]),
        "limit_url": reverse("limit_add", args=[slug]),
        "order_url": reverse("order", args=[slug]),
        "walls_url": reverse("walls", args=[slug]),
        "plan_url": reverse("plan", args=[slug]),
        "homes_url": reverse("home_list") + "?all",
        "may_manage": access.may(role, May.MANAGE),
    }
    return render(request, "appliances/home.html", context)


@require_safe
@errors.named
def board_alone(request: HttpRequest, slug: str) -> HttpResponse:
    """Everything that changes with the home, as the socket would push it: for polling, gaps and reconnects."""
    row, role = access.home_at(asker=asking.of(request), slug=slug, capability=May.LOOK)
    new = board.board(snapshot.read(row.pk, read_before=row), role)
    return answering.in_pieces([frames.full(new)], new.revision)
