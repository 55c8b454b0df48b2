"""The admin at /admin/: for staff, signed in at the one sign-in page, every model registered by name."""

from collections.abc import Callable
from functools import update_wrapper
from typing import Any

from django.conf import settings
from django.contrib.admin import AdminSite
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import Group
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from appliances.admin import one_by_one
from appliances.admin.appliances import ApplianceAdmin
from appliances.admin.circuits import CircuitAdmin
from appliances.admin.decisions import DecisionAdmin
from appliances.admin.homes import HomeAdmin
from appliances.admin.memberships import MembershipAdmin
from appliances.admin.people import PersonAdmin, SuperusersGroupAdmin
from appliances.admin.tokens import TokenAdmin
from appliances.models import Appliance, Circuit, Decision, Home, Membership, Token, User


class VoltSafeSite(AdminSite):
    site_header = site_title = "VoltSafe"
    index_title = _("Administration")

    def get_urls(self) -> list[Any]:
        # Where LoginRequiredMiddleware sends a stranger: at once, not by way of a sign-in page of the admin's own.
        found = super().get_urls()
        for entry in found:
            if hasattr(entry.callback, "login_url"):
                vars(entry.callback)["login_url"] = settings.LOGIN_URL
        return found

    def admin_view(self, view: Callable[..., Any], cacheable: bool = False) -> Any:  # noqa: FBT001, FBT002
        inner = super().admin_view(view, cacheable)

        def for_staff(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            # Django would send someone who is signed in, but not staff, to sign in: round and round.
            if request.user.is_authenticated and not self.has_permission(request):
                raise PermissionDenied
            return inner(request, *args, **kwargs)

        return update_wrapper(for_staff, inner)

    @method_decorator(never_cache)
    @method_decorator(login_not_required)
    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """No second form: to the sign-in page, or on."""
        inside = reverse("admin:index", current_app=self.name)
        if request.user.is_authenticated:
            return redirect(inside)
        return redirect_to_login(request.GET.get("next", inside), settings.LOGIN_URL)

    def logout(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """Nor a second way out; the form that was posted here is posted there."""
        return redirect("sign_out", preserve_request=True)


site = VoltSafeSite()
site.add_action(one_by_one.delete_selected, "delete_selected")
site.register(Home, HomeAdmin)
site.register(Circuit, CircuitAdmin)
site.register(Appliance, ApplianceAdmin)
site.register(Decision, DecisionAdmin)
site.register(Membership, MembershipAdmin)
site.register(Token, TokenAdmin)
site.register(User, PersonAdmin)
site.register(Group, SuperusersGroupAdmin)
