"""The record as a file: CSV for a spreadsheet, JSON for a program; all columns, and the sentence of each decision."""

import csv
import io
import json
from collections.abc import Callable, Iterable
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from appliances.models import Decision, Home
from appliances.presentation import resources, wording
from appliances.presentation.exact import Json

MOST = 50_000
"""Decisions in one file. The server holds a file in memory while it sends it: docs/design/record.md has the figures."""

COLUMNS = (
    *("id", "revision", "at", "home", "by_kind", "by_id", "by_name", "action", "outcome"),
    *("subject_kind", "subject_id", "subject_name", "account_id", "circuit_id", "circuit_name"),
    *("requested_watts", "load_before_watts", "load_after_watts", "limit_watts", "exceeded_by_watts"),
    *("sentence", "facts"),
)
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the beginning of one; names are other people's texts."""

Rest = Callable[[int], str]
"""The address of the file with what is older than the decision of this id."""


def as_csv(home: Home, rows: Iterable[Decision], rest: Rest, *, kept_since: datetime | None = None) -> bytes:
    """`rows` may be one more than MOST: then a last line tells where the rest is; else, since when it is kept."""
    kept = io.BytesIO()
    # The mark at the beginning tells a spreadsheet that it is UTF-8.
    text = io.TextIOWrapper(kept, "utf-8-sig", newline="")
    write = csv.writer(text).writerow
    write(COLUMNS)
    zone, last = ZoneInfo(home.timezone), 0
    for number, row in enumerate(rows):
        if number == MOST:
            write(_line(_more(rest(last))))
            break
        write(_cells(home, row, zone))
        last = row.pk
    else:
        if kept_since is not None:
            write(
                _line(
                    _("Kept since %s: what was decided before was removed.") % kept_since.astimezone(zone).isoformat()
                )
            )
    text.flush()
    return kept.getvalue()


def as_json(
    home: Home,
    rows: Iterable[Decision],
    rest: Rest,
    *,
    looked_for: Json,
    kept_since: datetime | None,
    now: datetime,
) -> bytes:
    """One object: `items`, as `next` the address of the rest or null, and `kept_since` where older ones are removed."""
    zone, last, following = ZoneInfo(home.timezone), 0, None
    head: Json = {"home": home.slug, "timezone": home.timezone, "made_at": now.astimezone(zone).isoformat()}
    head["kept_since"] = kept_since and kept_since.astimezone(zone).isoformat()
    kept = io.BytesIO()
    kept.write(_text({**head, "looked_for": looked_for})[:-1] + b',"items":[')
    for number, row in enumerate(rows):
        if number == MOST:
            following = rest(last)
            break
        kept.write((b"," if number else b"") + b"\n" + _text(_of(home, row, zone)))
        last = row.pk
    kept.write(b'\n],"next":' + json.dumps(following).encode() + b"}\n")
    return kept.getvalue()


def name_of(home: Home, kind: str, now: datetime) -> str:
    return f"voltsafe-{home.slug}-record-{now.astimezone(ZoneInfo(home.timezone)):%Y-%m-%d}.{kind}"


def _line(sentence: str) -> list[str]:
    """One that is of no decision."""
    return [sentence if name == "sentence" else "" for name in COLUMNS]


def _more(url: str) -> str:
    return _("A file holds at most %(most)d decisions, and there are older ones: %(url)s") % {"most": MOST, "url": url}


def _of(home: Home, row: Decision, zone: ZoneInfo) -> Json:
    of_home = home.slug if row.home_id is not None else None
    return {**resources.decision(row), "at": row.at.astimezone(zone).isoformat(), "home": of_home}


def _text(of: Json) -> bytes:
    return json.dumps(of, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "backslashreplace")


def _cells(home: Home, row: Decision, zone: ZoneInfo) -> list[str]:
    watts = (row.requested, row.load_before, row.load_after, row.limit, row.exceeded_by)
    return [
        str(row.pk),
        str(row.revision),
        row.at.astimezone(zone).isoformat(),
        home.slug if row.home_id is not None else "",
        row.actor,
        _number(row.actor_id),
        defused(wording.by(row)),
        row.action,
        row.outcome,
        row.subject,
        str(row.subject_id),
        defused(row.subject_name),
        _number(row.account_id),
        _number(row.circuit_id),
        defused(row.circuit_name),
        *map(_exact, watts),
        defused(wording.decision(row)),
        _text(row.facts).decode(),
    ]


def _number(value: int | None) -> str:
    return "" if value is None else str(value)


def _exact(watts: Decimal | None) -> str:
    return "" if watts is None else format(watts, "f")


def defused(text: str) -> str:
    """No formula, whatever it begins with."""
    return f"'{text}" if text.startswith(FORMULA) else text
