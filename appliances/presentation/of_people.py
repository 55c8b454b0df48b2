"""What was decided about people, their accounts and their machines, in one sentence each."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from appliances.models import Decision
from appliances.models.decision import Action, Actor, Outcome
from appliances.models.membership import Role
from appliances.models.token import Scope

FACTORS = {
    "totp": gettext_lazy("an authenticator app"),
    "webauthn": gettext_lazy("a passkey"),
    "recovery_codes": gettext_lazy("recovery codes"),
}


WAYS = {"password": gettext_lazy("a password"), **FACTORS, "recovery_codes": gettext_lazy("a recovery code")}
"""How somebody signed in or confirmed."""


def sentence(row: Decision) -> str | None:
    """None where it is about something else."""
    names = {"name": row.subject_name or _("Somebody"), **_said(row.facts)}
    found = _refused(row) if row.outcome == Outcome.REFUSED else _of_home(row) or _of_account(row)
    return found % names if found else None


def is_by_nobody_known(row: Decision) -> bool:
    """A try that failed says whose account it was at, not who tried."""
    return row.home_id is None and row.outcome == Outcome.REFUSED and row.actor == Actor.SYSTEM


def _said(facts: Mapping[str, Any]) -> dict[str, Any]:
    before, after = facts.get("changes", {}).get("role", (None, facts.get("role")))
    return {
        "before": Role(before).label if before in Role else "",
        "role": Role(after).label if after in Role else "",
        "scope": Scope(facts["scope"]).label if facts.get("scope") in Scope else "",
        "factor": FACTORS.get(facts.get("factor", ""), _("a second factor")),
        "address": facts.get("address") or _("an unknown address"),
        "count": facts.get("count", 0),
        "ways": _ways(facts.get("ways", [])),
        "invitation": facts.get("invitation", ""),
    }


def _ways(names: Sequence[str]) -> str:
    return _(" and ").join(str(WAYS[name]) for name in names if name in WAYS)


def _refused(row: Decision) -> str:
    match row.action:
        case Action.SIGN_IN if row.facts.get("step") == "factor":
            return _("A wrong code was given to sign in as %(name)s from %(address)s.")
        case Action.SIGN_IN if row.facts.get("step") == "passkey":
            return _("A passkey from %(address)s was not accepted.")
        case Action.CONFIRM if row.facts.get("step") == "factor":
            return _("A wrong code was given for %(name)s from %(address)s.")
        case Action.CONFIRM if row.facts.get("step") == "passkey":
            return _("A passkey given for %(name)s from %(address)s was not accepted.")
        case Action.SIGN_IN:
            return _("A try to sign in as %(name)s from %(address)s failed.")
        case Action.CONFIRM:
            return _("A wrong password was given for %(name)s from %(address)s.")
        case Action.GIVE_CODE:
            return _("A wrong installer code was given.")
    return ""


def _of_home(row: Decision) -> str:
    match row.action:
        case Action.INVITE:
            return _("%(name)s was invited as %(role)s.")
        case Action.UNINVITE:
            return _("The invitation for %(name)s was taken back.")
        case Action.JOIN if row.facts.get("invitation"):
            return _("%(name)s joined the home as %(role)s, with the invitation for %(invitation)s.")
        case Action.JOIN:
            return _("%(name)s belongs to the home now, as %(role)s.")
        case Action.CHANGE_ROLE:
            return _("%(name)s is %(role)s now, and was %(before)s.")
        case Action.REMOVE_MEMBER if row.actor == Actor.PERSON and row.actor_id == row.subject_id:
            return _("%(name)s left the home.")
        case Action.REMOVE_MEMBER if row.facts.get("account"):
            return _("%(name)s belongs to the home no longer: the account was removed.")
        case Action.REMOVE_MEMBER:
            return _("%(name)s belongs to the home no longer.")
        case Action.ADD_WALL if row.facts.get("again"):
            return _("A new link for the wall screen %(name)s.")
        case Action.ADD_WALL:
            return _("Wall screen %(name)s added.")
        case Action.CHANGE_WALL:
            return _("Wall screen %(name)s changed.")
        case Action.LINK_WALL:
            return _("A screen was linked as %(name)s.")
        case Action.REMOVE_WALL:
            return _("Wall screen %(name)s removed.")
        case Action.CHANGE_CODE:
            return _code(row)
    return ""


def _code(row: Decision) -> str:
    had, has = row.facts["changes"]["installer_code"]
    if not has:
        return _("The home asks for no installer code any more.")
    return _("The installer code was changed.") if had else _("The home asks for an installer code from now on.")


def _of_account(row: Decision) -> str:
    match row.action:
        case Action.SIGN_IN if row.facts.get("ways"):
            return _("%(name)s signed in from %(address)s with %(ways)s.")
        case Action.SIGN_IN:
            return _("%(name)s signed in from %(address)s.")
        case Action.SIGN_OUT:
            return _("%(name)s signed out.")
        case Action.END_SESSIONS if row.facts.get("count") == 1:
            return _("%(name)s was signed out in one place.")
        case Action.END_SESSIONS:
            return _("%(name)s was signed out in %(count)s places.")
        case Action.CONFIRM if row.facts.get("ways"):
            return _("%(name)s confirmed with %(ways)s that it is they.")
        case Action.CONFIRM:
            return _("%(name)s confirmed that it is they.")
        case Action.ADD_ACCOUNT:
            return _("Account %(name)s added.")
        case Action.CHANGE_ACCOUNT if row.facts.get("changes", {}).get("is_active") == [True, False]:
            return _("%(name)s may not sign in any more.")
        case Action.CHANGE_ACCOUNT if row.facts.get("changes", {}).get("is_active") == [False, True]:
            return _("%(name)s may sign in again.")
        case Action.CHANGE_ACCOUNT:
            return _("Account %(name)s changed.")
        case Action.REMOVE_ACCOUNT:
            return _("Account %(name)s removed.")
        case Action.CHANGE_PASSWORD:
            return _("%(name)s has a new password.")
        case Action.ADD_FACTOR if row.facts.get("again"):
            return _("%(name)s made new recovery codes.")
        case Action.ADD_FACTOR:
            return _("%(name)s added %(factor)s.")
        case Action.REMOVE_FACTOR if row.actor == Actor.SYSTEM:
            return _("%(name)s lost %(factor)s: VoltSafe removed it from the command line.")
        case Action.REMOVE_FACTOR:
            return _("%(name)s removed %(factor)s.")
        case Action.ADD_TOKEN:
            return _("Token %(name)s made: %(scope)s.")
        case Action.REMOVE_TOKEN:
            return _("Token %(name)s revoked.")
    return ""
