"""A home's rows as plain values, to say of a use case that it changed exactly this, or nothing."""

from typing import Any

from appliances.models import Appliance, Circuit, Decision, Home


def rows_of(home: Home) -> dict[str, list[dict[str, Any]]]:
    """Everything but the record and its counter, which a refusal moves too."""
    kinds = {
        "home": Home.objects.filter(pk=home.pk),
        "circuits": Circuit.objects.filter(home=home),
        "appliances": Appliance.objects.filter(home=home),
    }
    rows = {kind: list(found.order_by("pk").values()) for kind, found in kinds.items()}
    for row in rows["home"]:
        del row["revision"], row["wake_at"]
    return rows


def load_of(home: Home) -> Any:
    """What the main circuit says it carries."""
    return Circuit.objects.get(home=home, parent=None).load


def revision_of(home: Home) -> int:
    return Home.objects.get(pk=home.pk).revision


def newest(home: Home) -> Decision:
    return Decision.objects.filter(home=home).latest("revision")
