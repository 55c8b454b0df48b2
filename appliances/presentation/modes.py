"""The three modes of a controller, in one sentence each, and when one last ran."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from appliances.models.controller import Mode
from appliances.presentation import telling


@dataclass(frozen=True, slots=True)
class ModeChoice:
    value: str
    name: str
    text: str
    is_chosen: bool


def choices(chosen: str) -> tuple[ModeChoice, ...]:
    return tuple(ModeChoice(mode.value, str(mode.label), _text(mode), mode.value == chosen) for mode in Mode)


def _text(mode: Mode) -> str:
    match mode:
        case Mode.OFF:
            return _("VoltSafe switches nothing by itself. What does not fit is refused all the same.")
        case Mode.OBSERVING:
            return _("VoltSafe notes what it would have done, and touches nothing: the way to see before you trust.")
        case Mode.ARMED:
            return _(
                "VoltSafe starts what waits for room, switches off what may be when a limit falls, and brings it back."
            )


def ran(timezone: str, ran_at: datetime | None, now: datetime) -> str:
    if ran_at is None:
        return _("No controller has run yet.")
    here = ran_at.astimezone(ZoneInfo(timezone)).isoformat()
    return _("It last ran at %(time)s.") % {"time": telling.moment(here, now)}
