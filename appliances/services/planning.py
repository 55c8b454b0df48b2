"""What if? Whether a home could carry a combination of appliances; changes and records nothing."""

from collections.abc import Collection
from dataclasses import dataclass

from django.utils.translation import gettext as _

from appliances.balancer import admission
from appliances.balancer.tree import Tree
from appliances.services.cleaning import Invalid


@dataclass(frozen=True, slots=True)
class Plan:
    after: Tree
    """The home as it would be."""
    refused: admission.Refused | None
    """What asking for it would be refused with; None where it fits."""


def plan(tree: Tree, *, on: Collection[int], off: Collection[int]) -> Plan:
    """The home with these on, those off and all others as they are. Raises Invalid for ids that make no sense.

    It fits where every breaker keeps to its limit, one that a temporary limit has put over it already included.
    What is to be on is never proposed for switching off.
    """
    _check(tree, on, off)
    after = tree.switched(on=set(on), off=set(off))
    # Compared with a home where nothing is on, so that what is over its limit already counts as too much.
    idle = tree.switched(off=[load.id for load in tree.loads])
    verdict = admission.decide(before=idle, after=after, wanted=frozenset(on))
    return Plan(after, verdict if isinstance(verdict, admission.Refused) else None)


def _check(tree: Tree, on: Collection[int], off: Collection[int]) -> None:
    known = {load.id for load in tree.loads}
    errors: dict[str, list[str]] = {}
    for name, ids in (("on", on), ("off", off)):
        if strangers := sorted(set(ids) - known):
            text = _("There is no such appliance in this home: %s.")
            errors[name] = [text % ", ".join(map(str, strangers))]
    if both := sorted(set(on) & set(off)):
        text = _("An appliance cannot be on and off at once: %s.") % ", ".join(map(str, both))
        errors.setdefault("off", []).append(text)
    if errors:
        raise Invalid(errors)
