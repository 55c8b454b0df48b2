"""The addresses people see."""

from django.contrib.auth import views as auth
from django.urls import path

from appliances.web import appliance, circuit, dashboard, decisions, health, home, switching, welcome

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
    path("homes/<slug:slug>/edit/", home.edit, name="home_edit"),
    path("homes/<slug:slug>/appliances/add/", appliance.add, name="appliance_add"),
    path("homes/<slug:slug>/circuits/add/", circuit.add, name="circuit_add"),
    path("appliances/<int:pk>/switch/", switching.switch, name="appliance_switch"),
    path("appliances/<int:pk>/swap/", switching.swap, name="appliance_swap"),
    path("appliances/<int:pk>/edit/", appliance.edit, name="appliance_edit"),
    path("appliances/<int:pk>/delete/", appliance.delete, name="appliance_delete"),
    path("circuits/<int:pk>/edit/", circuit.edit, name="circuit_edit"),
    path("circuits/<int:pk>/delete/", circuit.delete, name="circuit_delete"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.prometheus, name="metrics"),
]
