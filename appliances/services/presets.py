"""What is usual for a kind of appliance: filled in when one is added, and everything can be changed afterwards.

The times are those of the trade: a compressor rests three minutes before it starts again (its pressure must even
out), heating elements need no rest; what heats unattended ends by itself. Sources: docs/design/balancer.md.
"""

from dataclasses import asdict, dataclass
from typing import Any

from appliances.models.appliance import Kind

MINUTES = 60
HOURS = 3600


@dataclass(frozen=True, slots=True)
class Preset:
    """Defaults for one kind; `comes_first` puts it before everything that does not in the home's order."""

    may_be_shed: bool = False
    may_be_interrupted: bool = True
    returns_by_itself: bool = False
    min_on_seconds: int = 0
    min_off_seconds: int = 0
    max_on_seconds: int | None = None
    comes_first: bool = False

    def fields(self) -> dict[str, Any]:
        return {name: value for name, value in asdict(self).items() if name != "comes_first"}


NEVER = Preset(comes_first=True)
COOLS_FOOD = Preset(min_on_seconds=3 * MINUTES, min_off_seconds=3 * MINUTES, comes_first=True)
CYCLE = Preset(may_be_interrupted=False)
HEATS = Preset(returns_by_itself=True)
COMPRESSOR = Preset(returns_by_itself=True, min_on_seconds=5 * MINUTES, min_off_seconds=3 * MINUTES)
IN_THE_HAND = Preset(max_on_seconds=1 * HOURS)

PRESETS: dict[str, Preset] = {
    Kind.FRIDGE: COOLS_FOOD,
    Kind.FREEZER: COOLS_FOOD,
    Kind.MEDICAL: NEVER,
    Kind.NETWORK: NEVER,
    Kind.DISHWASHER: CYCLE,
    Kind.WASHING_MACHINE: CYCLE,
    Kind.DRYER: CYCLE,
    Kind.HEATER: HEATS,
    Kind.WATER_HEATER: HEATS,
    Kind.CAR_CHARGER: Preset(returns_by_itself=True, min_on_seconds=1 * MINUTES, min_off_seconds=1 * MINUTES),
    Kind.HEAT_PUMP: COMPRESSOR,
    Kind.AIR_CONDITIONER: COMPRESSOR,
    Kind.IRON: IN_THE_HAND,
    Kind.HAIR_DRYER: IN_THE_HAND,
    Kind.TOASTER: Preset(max_on_seconds=30 * MINUTES),
}


def of(kind: str) -> Preset:
    return PRESETS.get(kind, Preset())


def first_kinds() -> list[str]:
    return [kind for kind, preset in PRESETS.items() if preset.comes_first]
