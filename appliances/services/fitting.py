"""Would it fit? An answer at any time that changes and records nothing."""

from appliances.balancer import admission, fit
from appliances.balancer.tree import Tree


def refusal(tree: Tree, load_id: int) -> admission.Refused | None:
    """What a switch-on in this tree would be refused with; None when it fits or is on already."""
    short_by_mw, _at = fit.short_by_mw(tree, load_id)
    if not short_by_mw:
        return None
    after = tree.switched(on=[load_id], off=[])
    about = tree.load(load_id).circuit_id
    verdict = admission.decide(before=tree, after=after, wanted=frozenset([load_id]), about=about)
    return verdict if isinstance(verdict, admission.Refused) else None
