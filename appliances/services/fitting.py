"""Would it fit? An answer at any time that changes and records nothing."""

from dataclasses import dataclass
from datetime import datetime

from appliances.balancer import admission, fit
from appliances.balancer.tree import Tree
from appliances.models import Appliance
from appliances.services import reading
from appliances.services.switching import home_of


@dataclass(frozen=True, slots=True)
class Fit:
    appliance: Appliance
    refused: admission.Refused | None

    @property
    def fits(self) -> bool:
        return self.refused is None


def would_it_fit(*, appliance_id: int, now: datetime) -> Fit:
    """Whether switching it on would be granted now, and if not, the refusal it would get. Raises Missing."""
    tree = reading.tree_of(home_of(appliance_id), now)
    return Fit(Appliance.objects.get(pk=appliance_id), refusal(tree, appliance_id))


def refusal(tree: Tree, load_id: int) -> admission.Refused | None:
    """What a switch-on in this tree would be refused with; None when it fits or is on already."""
    short_by_mw, _at = fit.short_by_mw(tree, load_id)
    if not short_by_mw:
        return None
    after = tree.switched(on=[load_id], off=[])
    about = tree.load(load_id).circuit_id
    verdict = admission.decide(before=tree, after=after, wanted=frozenset([load_id]), about=about)
    return verdict if isinstance(verdict, admission.Refused) else None
