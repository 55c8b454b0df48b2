"""Screens on a wall: added by an owner, linked once on the screen itself, taken away at any time."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from appliances.models import Wall
from appliances.models.decision import Action
from appliances.services import actor, confirming, noting, secret_text, turn
from appliances.services.actor import By
from appliances.services.cleaning import clean
from appliances.services.outcome import Changed, Missing
from appliances.services.turn import Turn

LINK_PREFIX = "vsl_"
PREFIX = "vsw_"
LINK_LASTS = timedelta(hours=1)
NOTE_EVERY = timedelta(minutes=5)
FIELDS = ("name", "is_read_only", "night_from", "night_until")
"""What of a screen can be changed."""

GONE = "This link was used or is too old. Make a new one on the page of wall screens."


def add(*, home_id: int, name: str, is_read_only: bool, by: By, now: datetime) -> tuple[Changed, Wall, str]:
    """A screen to be, and the text of its link, which is not kept. Raises Invalid, ConfirmFirst, Missing, Busy."""
    confirming.require(by)
    row = Wall(home_id=home_id, name=" ".join(name.split()), is_read_only=is_read_only)
    text = _new_link(row, now)

    def body(here: Turn) -> int:
        row.pk = None
        clean(row)
        row.save(force_insert=True)
        here.record(Action.ADD_WALL, row, facts={"is_read_only": is_read_only})
        return row.pk

    return turn.take(home_id=home_id, by=by, now=now, body=body), row, text


def change(*, home_id: int, wall_id: int, wanted: Mapping[str, Any], by: By, now: datetime) -> Changed:
    """Its name, whether it only looks, when it is dark; its screen shows itself anew. Raises Invalid, ConfirmFirst."""
    confirming.require(by)

    def body(here: Turn) -> int:
        row = _wall(here, wall_id)
        changes = {}
        for name in FIELDS:
            if getattr(row, name) != wanted[name]:
                changes[name] = [str(getattr(row, name)), str(wanted[name])]
                setattr(row, name, wanted[name])
        if changes:
            clean(row)
            row.save(update_fields=FIELDS)
            here.record(Action.CHANGE_WALL, row, facts={"changes": changes})
        return wall_id

    return turn.take(home_id=home_id, by=by, now=now, body=body)


def link_again(*, home_id: int, wall_id: int, by: By, now: datetime) -> tuple[Wall, str]:
    """A new link for a screen that is there, which stays until it is used. Raises ConfirmFirst, Missing, Busy."""
    confirming.require(by)
    found: list[tuple[Wall, str]] = []

    def body(here: Turn) -> int:
        row = _wall(here, wall_id)
        found.append((row, _new_link(row, now)))
        row.save(update_fields=["link_digest", "link_expires_at"])
        here.record(Action.ADD_WALL, row, facts={"is_read_only": row.is_read_only, "again": True})
        return wall_id

    turn.take(home_id=home_id, by=by, now=now, body=body)
    return found[-1]


def at_link(*, text: str, now: datetime) -> Wall:
    """The screen that a link makes of whoever opens it. Raises Missing."""
    found = Wall.objects.select_related("home")
    row = found.filter(link_digest=secret_text.digest(text), link_expires_at__gt=now).first()
    if row is None:
        raise Missing(GONE)
    return row


def link(*, text: str, now: datetime) -> tuple[Wall, str]:
    """Use the link, once: the secret that the screen holds from now on. Raises Missing, Busy."""
    wall_id, home_id = (row := at_link(text=text, now=now)).pk, row.home_id
    secret = secret_text.new(PREFIX)

    def body(here: Turn) -> int:
        one = _wall(here, wall_id)
        if one.link_digest != secret_text.digest(text):
            raise Missing(GONE)
        one.digest, one.link_digest, one.link_expires_at = secret_text.digest(secret), "", None
        one.save(update_fields=["digest", "link_digest", "link_expires_at"])
        here.record(Action.LINK_WALL, one)
        return wall_id

    by = actor.wall(row)
    turn.take(home_id=home_id, by=by, now=now, body=body)
    linked = Wall.objects.select_related("home").filter(pk=wall_id).first()
    if linked is None:
        raise Missing(GONE)
    return linked, secret


def remove(*, home_id: int, wall_id: int, by: By, now: datetime) -> Changed:
    """From now on its screen shows nothing; its sockets close. Raises Missing, Busy."""

    def body(here: Turn) -> int:
        row = _wall(here, wall_id)
        here.record(Action.REMOVE_WALL, row)
        row.delete()
        return wall_id

    return turn.take(home_id=home_id, by=by, now=now, body=body)


def holding(*, secret: str, now: datetime) -> Wall | None:
    """The screen that holds this secret."""
    if not secret.startswith(PREFIX):
        return None
    row = Wall.objects.select_related("home").filter(digest=secret_text.digest(secret)).first()
    if row is not None and (row.last_seen_at is None or now - row.last_seen_at > NOTE_EVERY):
        noting.note(Wall.objects.filter(pk=row.pk), "That a wall screen was seen", last_seen_at=now)
    return row


def shown(row: Wall) -> str:
    """All of it that its screen shows or goes by; where this changes, the screen has to be shown anew."""
    return "\0".join(str(getattr(row, name)) for name in FIELDS)


def _new_link(row: Wall, now: datetime) -> str:
    text = secret_text.new(LINK_PREFIX)
    row.link_digest, row.link_expires_at = secret_text.digest(text), now + LINK_LASTS
    return text


def _wall(here: Turn, wall_id: int) -> Wall:
    row = Wall.objects.filter(home=here.home, pk=wall_id).first()
    if row is None:
        raise Missing("There is no such wall screen in this home.")
    return row
