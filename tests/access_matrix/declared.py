"""What every address needs, one line each: the expectation that the walk is held against, written apart from the code.

A new address gets a line here, by its name in the URL configuration: `page`, `command` or `form` with what a role
must be allowed (`May`), or one of the needs in needs.py. Then `make matrix` renews the table in the docs.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from appliances.services.access import May
from tests.access_matrix.needs import (
    BEARER,
    NOT_THERE,
    SCREEN,
    SESSION,
    Door,
    Everyone,
    Figures,
    InHome,
    Need,
    Nowhere,
    Own,
    SignedIn,
    Staff,
    Superuser,
)

EVERYONE, SIGNED_IN, OWN, STAFF = Everyone(), SignedIn(), Own(), Staff()
PERSON_OR_TOKEN = frozenset({SESSION, BEARER})
ANYBODY_KNOWN = frozenset({SESSION, BEARER, SCREEN})


def page(need: Need | May) -> Door:
    """GET."""
    return Door({"GET": _need(need)})


def command(need: Need | May, **sends: Any) -> Door:
    """POST."""
    return Door({"POST": _need(need)}, sends)


def form(need: Need | May, *, post: Need | May | None = None, **sends: Any) -> Door:
    """GET, and POST, which may need more."""
    return Door({"GET": _need(need), "POST": _need(post or need)}, sends)


def on_wall(capability: May) -> Need:
    """For a screen on a wall and nobody else."""
    return InHome(capability, frozenset({SCREEN}))


def _need(need: Need | May) -> Need:
    return InHome(need) if isinstance(need, May) else need


WEB: dict[str, Door] = {
    "home_list": page(SIGNED_IN),
    "welcome": form(EVERYONE),
    "sign_in": form(EVERYONE),
    "sign_out": command(EVERYONE),
    "mfa_login_webauthn": form(EVERYONE),
    "mfa_authenticate": form(EVERYONE),
    "account": page(SIGNED_IN),
    "account_change_password": form(SIGNED_IN),
    "account_reauthenticate": form(SIGNED_IN),
    "mfa_reauthenticate": form(SIGNED_IN),
    "mfa_reauthenticate_webauthn": form(SIGNED_IN),
    "mfa_activate_totp": form(SIGNED_IN),
    "mfa_deactivate_totp": form(OWN),
    "mfa_list_webauthn": page(SIGNED_IN),
    "mfa_add_webauthn": form(SIGNED_IN),
    "mfa_edit_webauthn": form(OWN),
    "mfa_remove_webauthn": form(OWN),
    "mfa_view_recovery_codes": page(OWN),
    "mfa_download_recovery_codes": page(OWN),
    "mfa_generate_recovery_codes": form(SIGNED_IN),
    "usersessions_list": form(SIGNED_IN, others="1"),
    "healthz": page(EVERYONE),
    "readyz": page(EVERYONE),
    "metrics": page(Figures()),
    "home_add": form(SIGNED_IN),
    "home": page(May.LOOK),
    "board": page(May.LOOK),
    "decisions": page(May.LOOK),
    "decisions_csv": page(May.MANAGE),
    "decisions_json": page(May.MANAGE),
    "plan": page(May.LOOK),
    "order": form(May.LOOK, post=May.EDIT),
    "controller": form(May.LOOK, post=May.CONFIGURE, mode="observing"),
    "people": page(May.LOOK),
    "people_leave": form(May.LOOK),
    "people_invite": form(May.MANAGE),
    "person_role": form(May.MANAGE),
    "person_remove": form(May.MANAGE),
    "invitation_take_back": form(May.MANAGE),
    "installer_code": form(May.MANAGE),
    "installer_code_remove": form(May.MANAGE, installer_code="red screwdriver"),
    "join": form(EVERYONE),
    "home_edit": form(May.CONFIGURE),
    "tokens": form(SIGNED_IN),
    "token_revoke": form(OWN),
    "walls": form(May.MANAGE),
    "wall_change": form(May.MANAGE),
    "wall_link_again": form(May.MANAGE),
    "wall_remove": form(May.MANAGE),
    "wall_link": form(EVERYONE),
    "wall": page(on_wall(May.LOOK)),
    "wall_board": page(on_wall(May.LOOK)),
    "wall_switch": command(on_wall(May.SWITCH), is_on="true"),
    "wall_swap": command(on_wall(May.SWITCH), off=""),
    "wall_wait": command(on_wall(May.SWITCH)),
    "wall_cancel_wait": command(on_wall(May.SWITCH)),
    "limit_add": form(May.CONFIGURE),
    "limit_lift": form(May.CONFIGURE),
    "circuit_add": form(May.CONFIGURE),
    "circuit_edit": form(May.CONFIGURE),
    "circuit_delete": form(May.CONFIGURE),
    "appliance_rules": page(May.EDIT),
    "appliance_add": form(May.EDIT),
    "appliance_edit": form(May.EDIT),
    "appliance_delete": form(May.EDIT),
    "appliance_switch": command(May.SWITCH, is_on="true"),
    "appliance_swap": command(May.SWITCH, off=""),
    "appliance_wait": command(May.SWITCH),
    "appliance_cancel_wait": command(May.SWITCH),
}

API: dict[str, May | None] = {
    "list_homes": None,
    "add_home": None,
    "show_home": May.LOOK,
    "show_load": May.LOOK,
    "change_home": May.CONFIGURE,
    "list_appliances": May.LOOK,
    "show_appliance": May.LOOK,
    "check_fit": May.LOOK,
    "check_plan": May.LOOK,
    "switch_appliance": May.SWITCH,
    "swap_appliances": May.SWITCH,
    "add_appliance": May.EDIT,
    "change_appliance": May.EDIT,
    "remove_appliance": May.EDIT,
    "list_circuits": May.LOOK,
    "show_circuit": May.LOOK,
    "add_circuit": May.CONFIGURE,
    "change_circuit": May.CONFIGURE,
    "remove_circuit": May.CONFIGURE,
    "list_decisions": May.LOOK,
    "wait_for_room": May.SWITCH,
    "cancel_wait": May.SWITCH,
    "show_waitlist": May.LOOK,
    "list_limits": May.LOOK,
    "show_limit": May.LOOK,
    "add_limit": May.CONFIGURE,
    "remove_limit": May.CONFIGURE,
    "show_order": May.LOOK,
    "change_order": May.EDIT,
    "show_controller": May.LOOK,
    "change_controller": May.CONFIGURE,
}
"""What a role must be allowed for each operation; None: whoever is signed in."""

SCOPES_OF_NO_HOME = {"list_homes": May.LOOK, "add_home": May.CONFIGURE}
"""Which of a token's powers an operation takes that is about no home yet."""

BODIES: dict[str, Any] = {
    "add_home": {"name": "Cabin"},
    "change_home": {"name": "Other"},
    "switch_appliance": {"is_on": True},
    "swap_appliances": {"off": []},
    "check_plan": {"on": []},
    "add_appliance": {"name": "Fan", "rated_watts": 45},
    "change_appliance": {"note": "New."},
    "add_circuit": {"name": "Garage", "limit_watts": 3680},
    "change_circuit": {"name": "Other"},
    "wait_for_room": {},
    "add_limit": {"limit_watts": 4200, "ends_at": (datetime.now(UTC) + timedelta(hours=1)).isoformat()},
    "change_order": {"order": []},
    "change_controller": {"mode": "observing"},
}
"""What each operation is sent, so that it succeeds where it may."""

BESIDES_OPERATIONS: dict[str, Door] = {
    "api:show_document": page(SignedIn(carried=PERSON_OR_TOKEN)),
    "api:show_documentation": page(SignedIn(carried=PERSON_OR_TOKEN)),
    "api:api-root": page(Everyone("(nothing is there)", NOT_THERE)),
}

SOCKETS: dict[str, Need] = {
    "ws/homes/<slug:slug>/": InHome(May.LOOK, PERSON_OR_TOKEN),
    "ws/wall/": on_wall(May.LOOK),
    "ws/api/v1/homes/<slug:slug>/": InHome(May.LOOK, PERSON_OR_TOKEN),
}

TAKES_COMMANDS = "ws/api/v1/homes/<slug:slug>/"
COMMANDS: dict[str, tuple[May, dict[str, Any]]] = {
    "toggle": (May.SWITCH, {"is_on": True}),
    "swap": (May.SWITCH, {"off": []}),
    "wait": (May.SWITCH, {}),
    "cancel_wait": (May.SWITCH, {}),
    "fit": (May.LOOK, {}),
}
"""What may be said on the JSON socket about an appliance, what it needs, and what is sent with it."""

ALL = ("changelist", "add", "change", "delete", "history")
ADMIN: dict[str, tuple[str, ...]] = {
    "appliances_home": ALL,
    "appliances_circuit": ALL,
    "appliances_appliance": ALL,
    "appliances_decision": ("changelist", "change", "history"),
    "appliances_membership": ALL,
    "appliances_token": ALL,
    "appliances_user": ALL,
    "auth_group": ALL,
}
"""Which pages of each model there are for whoever has the permission; the others of ALL are refused to everybody."""

ADMIN_BESIDES: dict[str, Door] = {
    "admin:index": page(STAFF),
    "admin:login": page(SIGNED_IN),
    "admin:logout": command(STAFF),
    "admin:password_change": form(STAFF),
    "admin:password_change_done": page(STAFF),
    "admin:jsi18n": page(STAFF),
    "admin:autocomplete": page(Nowhere()),
    "admin:view_on_site": page(Nowhere(at_all=True)),
    "admin:app_list": page(Superuser(else_staff=NOT_THERE)),
    "admin:/admin/<url>": page(Nowhere(at_all=True)),
}


def doors() -> dict[str, Door]:
    """Every address by its name, with its namespace."""
    found = {**WEB, **BESIDES_OPERATIONS, **ADMIN_BESIDES}
    found |= {f"admin:{model}_{one}": page(_of_admin(one, there)) for model, there in ADMIN.items() for one in ALL}
    found |= {f"admin:/admin/{model.replace('_', '/')}/<path:object_id>/": page(STAFF) for model in ADMIN}
    found["admin:auth_user_password_change"] = page(Superuser())
    return found


def operation(name: str, method: str) -> Door:
    """One of the API's. Raises KeyError."""
    capability = API[name]
    scope = SCOPES_OF_NO_HOME.get(name, May.LOOK)
    need = InHome(capability, PERSON_OR_TOKEN) if capability else SignedIn(scope, PERSON_OR_TOKEN)
    return Door({method: need}, BODIES.get(name, {}))


def _of_admin(one: str, there: tuple[str, ...]) -> Need:
    return Superuser() if one in there else Nowhere()
