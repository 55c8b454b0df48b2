"""The addresses people see."""

from django.contrib.auth import views as auth
from django.urls import path

from appliances.web import (
    appliance,
    circuit,
    controller,
    dashboard,
    decisions,
    health,
    home,
    limits,
    ordering,
    planner,
    record_export,
    switching,
    welcome,
)

urlpatterns = [
    path("", dashboard.home_list, name="home_list"),
    path("welcome/", welcome.welcome, name="welcome"),
    path(
        "sign-in/",
        auth.LoginView.as_view(template_name="appliances/sign_in.html", redirect_authenticated_user=True),
        name="sign_in",
    ),
    path("sign-out/", auth.LogoutView.as_view(), name="sign_out"),
    path("homes/add/", home.add, name="home_add"),
    path("homes/<slug:slug>/", dashboard.home, name="home"),
    path("homes/<slug:slug>/board/", dashboard.board_alone, name="board"),
    path("homes/<slug:slug>/decisions/", decisions.decisions, name="decisions"),
    path("homes/<slug:slug>/decisions/export.csv", record_export.export, {"kind": "csv"}, name="decisions_csv"),
    path("homes/<slug:slug>/decisions/export.json", record_export.export, {"kind": "json"}, name="decisions_json"),
    path("homes/<slug:slug>/edit/", home.edit, name="home_edit"),
    path("homes/<slug:slug>/controller/", controller.controller, name="controller"),
    path("homes/<slug:slug>/order/", ordering.order, name="order"),
    path("homes/<slug:slug>/plan/", planner.plan, name="plan"),
    path("homes/<slug:slug>/limits/add/", limits.add, name="limit_add"),
    path("homes/<slug:slug>/appliances/rules/", appliance.rules, name="appliance_rules"),
    path("homes/<slug:slug>/appliances/add/", appliance.add, name="appliance_add"),
    path("homes/<slug:slug>/circuits/add/", circuit.add, name="circuit_add"),
    path("appliances/<int:pk>/switch/", switching.switch, name="appliance_switch"),
    path("appliances/<int:pk>/swap/", switching.swap, name="appliance_swap"),
    path("appliances/<int:pk>/wait/", switching.wait, name="appliance_wait"),
    path("appliances/<int:pk>/cancel-wait/", switching.cancel_wait, name="appliance_cancel_wait"),
    path("appliances/<int:pk>/edit/", appliance.edit, name="appliance_edit"),
    path("appliances/<int:pk>/delete/", appliance.delete, name="appliance_delete"),
    path("circuits/<int:pk>/edit/", circuit.edit, name="circuit_edit"),
    path("circuits/<int:pk>/delete/", circuit.delete, name="circuit_delete"),
    path("limits/<int:pk>/lift/", limits.lift, name="limit_lift"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.prometheus, name="metrics"),
]
