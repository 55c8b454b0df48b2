"""The people of a home: inviting them, their roles, and letting them go."""

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from appliances.models import Invitation, Membership, User
from appliances.models.decision import Action
from appliances.models.membership import Role
from appliances.services import accounts, actor, confirming, membership, secret_text, turn
from appliances.services.actor import By
from appliances.services.cleaning import Invalid, clean, stripped
from appliances.services.outcome import Changed, Missing
from appliances.services.turn import Turn

PREFIX = "vsi_"
LONGEST = timedelta(days=30)
SHOWN_EXPIRED = timedelta(days=30)
"""After its end: whoever opens its link is still told that it is too old, and its owner sees that nobody came."""
GONE = "This invitation was used or taken back, or its link is not whole. Ask for a new one."
OVER = "This invitation is too old. Ask for a new one."


class Expired(Missing):
    """It was an invitation, and nobody used it in time."""


def invite(
    *, home_id: int, name: str, role: str, lasts: timedelta, by: By, now: datetime
) -> tuple[Changed, Invitation, str]:
    """An invitation for one person, and the text of its link, which is not kept. Raises Invalid, ConfirmFirst, Busy."""
    confirming.require(by)
    if not timedelta() < lasts <= LONGEST:
        raise Invalid({"lasts": [_("An invitation lasts at most %d days.") % LONGEST.days]})
    text = secret_text.new(PREFIX)
    expires_at, digest = now + lasts, secret_text.digest(text)
    row = Invitation(home_id=home_id, name=stripped(name), role=role, digest=digest, expires_at=expires_at)

    def body(here: Turn) -> int:
        row.pk = None
        clean(row)
        row.save(force_insert=True)
        here.record(Action.INVITE, row, facts={"role": role, "expires_at": here.local(row.expires_at)})
        return row.pk

    return turn.take(home_id=home_id, by=by, now=now, body=body), row, text


def uninvite(*, home_id: int, invitation_id: int, by: By, now: datetime) -> Changed:
    """Take an invitation back. Raises Missing, Busy."""

    def body(here: Turn) -> int:
        row = Invitation.objects.filter(home=here.home, pk=invitation_id).first()
        if row is None:
            raise Missing(GONE)
        here.record(Action.UNINVITE, row, facts={"role": row.role})
        row.delete()
        return invitation_id

    return turn.take(home_id=home_id, by=by, now=now, body=body)


def invitation(*, text: str, now: datetime) -> Invitation:
    """The invitation behind a link, which stays as it is. Raises Expired, Missing."""
    row = Invitation.objects.select_related("home").filter(digest=secret_text.digest(text)).first()
    if row is None:
        raise Missing(GONE)
    if row.expires_at <= now:
        raise Expired(OVER)
    return row


def accept(*, text: str, user: User, now: datetime) -> Changed:
    """Make the person a member, once. Raises Missing, Invalid where they are one already, Busy."""
    row = invitation(text=text, now=now)
    by = actor.person(user)
    return turn.take(home_id=row.home_id, by=by, now=now, body=lambda here: _join(here, row.pk, user))


def accept_as_new(*, text: str, username: str, password: str, now: datetime) -> tuple[User, Changed]:
    """Make an account and a member of it, both or neither. Raises Missing, Invalid, Busy."""
    row = invitation(text=text, now=now)
    user = accounts.prepare(username=username, password=password)

    def body(here: Turn) -> int:
        user.pk = None
        accounts.check_name(user)
        user.save(force_insert=True)
        here.by = actor.person(user)
        accounts.record_new(user, by=here.by, now=now)
        return _join(here, row.pk, user)

    return user, turn.take(home_id=row.home_id, by=actor.person(user), now=now, body=body)


def change_role(*, home_id: int, user_id: int, role: str, by: By, now: datetime) -> Changed:
    """Raises Invalid, LastOwner, ConfirmFirst, Missing, Busy."""
    if role not in Role:
        raise Invalid({"role": [_("There is no such role.")]})
    confirming.require(by)

    def body(here: Turn) -> int:
        row = _member(here, user_id)
        if row.role == role:
            return user_id
        if role != Role.OWNER:
            membership.keep_an_owner(without=row)
        here.record(Action.CHANGE_ROLE, row.user, facts={"changes": {"role": [row.role, role]}})
        Membership.objects.filter(pk=row.pk).update(role=role)
        return user_id

    return turn.take(home_id=home_id, by=by, now=now, body=body)


def add(*, home_id: int, user_id: int, role: str, by: By, now: datetime) -> Changed:
    """Make somebody who has an account a member, without an invitation. Raises Invalid, ConfirmFirst, Missing, Busy."""
    confirming.require(by)

    def body(here: Turn) -> int:
        user = User.objects.filter(pk=user_id).first()
        if user is None:
            raise Missing("There is no such person.")
        return membership.put(here, user, role)

    return turn.take(home_id=home_id, by=by, now=now, body=body)


def remove(*, home_id: int, user_id: int, by: By, now: datetime) -> Changed:
    """The person belongs to the home no longer; their account stays. Raises LastOwner, Missing, Busy."""

    def body(here: Turn) -> int:
        row = _member(here, user_id)
        membership.keep_an_owner(without=row)
        here.record(Action.REMOVE_MEMBER, row.user, facts={"role": row.role})
        row.delete()
        return user_id

    return turn.take(home_id=home_id, by=by, now=now, body=body)


def prune(now: datetime) -> int:
    """Forget invitations that nobody used, long after their end; tells how many. The record has them."""
    gone, _by_model = Invitation.objects.filter(expires_at__lt=now - SHOWN_EXPIRED).delete()
    return gone


def _join(here: Turn, invitation_id: int, user: User) -> int:
    row = Invitation.objects.filter(pk=invitation_id, home=here.home, expires_at__gt=here.now).first()
    if row is None:
        raise Missing(GONE)
    membership.put(here, user, row.role, invitation=row.name)
    row.delete()
    return user.pk


def _member(here: Turn, user_id: int) -> Membership:
    row = Membership.objects.select_related("user").filter(home=here.home, user=user_id).first()
    if row is None:
        raise Missing("There is no such person in this home.")
    return row
