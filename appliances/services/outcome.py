"""How a turn ends: with what it changed, or with why it changed nothing."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from appliances.models import Decision


class Refused(Exception):
    """It does not fit. Carries the recorded decision; nothing but that record was written."""

    def __init__(self, decision: Decision) -> None:
        super().__init__(f"{decision.subject_name}: {decision.exceeded_by} W too much at {decision.circuit_name}")
        self.decision = decision


class Missing(Exception):
    """What was asked for is not there."""


class RemovedSince(Exception):
    """It was done, and what it was done to has been removed before anybody could say so."""


class Busy(Exception):
    """The home's turn did not come in time; nothing was changed, asking again is safe."""


class TooLate(Exception):
    """The turn came after the asker's deadline; nothing was changed."""


@dataclass(frozen=True, slots=True)
class Changed:
    """What a turn did. `decision` is None where everything already was as asked."""

    home_id: int
    revision: int
    decision: Decision | None = None
    subject_id: int | None = None
    appliances: tuple[int, ...] = ()
    circuits: tuple[int, ...] = ()
    decisions: tuple[Decision, ...] = ()
    """All that were recorded; `decision` is the last."""


class Rehearsed(Exception):
    """A dry run went through: this is what would have changed. Nothing was."""

    def __init__(self, changed: Changed) -> None:
        super().__init__(f"{len(changed.decisions)} decisions would have been recorded.")
        self.changed = changed


@contextmanager
def as_done(changed: Changed) -> Iterator[None]:
    """Look for what a turn changed, to show it. Raises RemovedSince, not Missing, where the turn did change it."""
    try:
        yield
    except Missing as why:
        if changed.decision is None:
            raise
        said = (
            f"It was done, as revision {changed.revision} of its home, and what it was done to has been removed since."
        )
        raise RemovedSince(said) from why
