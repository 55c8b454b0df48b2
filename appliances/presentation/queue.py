"""What waits for room and what was shed: in the tile it concerns, and in line for everybody in the home."""

from django.utils.translation import gettext as _

from appliances.balancer.claims import Standing, Why, hold_after
from appliances.models import Appliance
from appliances.models.controller import Mode
from appliances.presentation import telling, wording
from appliances.presentation.addresses import address
from appliances.presentation.headroom import local
from appliances.presentation.snapshot import Snapshot
from appliances.presentation.views import Claim, QueueLine
from appliances.services import access, claims
from appliances.services.access import May


def claim(at: Snapshot, row: Appliance, role: str) -> Claim | None:
    """What the tile of one that is off says about being on again."""
    wait, shed, standing = claims.waiting(row), claims.shed(row), at.standing(row.pk)
    if row.is_on or (wait is None and shed is None):
        return None
    hint, hint_url = _hint(at, role)
    if wait is not None:
        text = telling.waiting(wait, standing, local(at, wait.expires_at))
        return Claim("waiting", text, _passes(at, standing), hint, hint_url, _cancel_url(row.pk, role))
    assert shed is not None
    text = telling.was_shed(shed, standing, hold_after(shed.failures), local(at, at.now))
    return Claim("shed", text, _passes(at, standing), hint, hint_url, "")


def lines(at: Snapshot, role: str) -> tuple[QueueLine, ...]:
    """Everything in line, first come first."""
    rows = {row.pk: row for row in at.appliances}
    return tuple(_line(at, rows[one.claim.load_id], one, role) for one in at.standings)


def _line(at: Snapshot, row: Appliance, standing: Standing, role: str) -> QueueLine:
    wait, shed = claims.waiting(row), claims.shed(row)
    ends = wait.expires_at if wait else shed.expires_at if shed else at.now
    is_waiting = standing.claim.why is Why.WAITING
    return QueueLine(
        appliance_id=row.pk,
        place=standing.place,
        name=row.name,
        kind=row.kind,
        why=standing.claim.why.value,
        text=telling.state(standing, local(at, at.now)),
        until_text=_("until %(time)s") % {"time": telling.moment(local(at, ends).isoformat(), at.now)},
        cancel_url=_cancel_url(row.pk, role) if is_waiting else "",
    )


def _hint(at: Snapshot, role: str) -> tuple[str, str]:
    """It only happens by itself where the controller may act."""
    if at.controller.mode == Mode.ARMED:
        return "", ""
    mode = Mode(at.controller.mode).label
    if access.may(role, May.CONFIGURE):
        text = _("The controller is %(mode)s: it will not start by itself.") % {"mode": str(mode).lower()}
        return text, address("controller", at.home.slug)
    text = _("The controller is %(mode)s: switch it on yourself when there is room, or ask an owner to arm it.")
    return text % {"mode": str(mode).lower()}, ""


def _passes(at: Snapshot, standing: Standing | None) -> str:
    if standing is None or not standing.passes:
        return ""
    names = wording.listed([at.tree.load(pk).name for pk in standing.passes])
    return _("It goes before %(names)s, which would not fit anyway.") % {"names": names}


def _cancel_url(appliance_id: int, role: str) -> str:
    return address("appliance_cancel_wait", appliance_id) if access.may(role, May.SWITCH) else ""
