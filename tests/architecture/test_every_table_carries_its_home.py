"""So that homes can be spread over partitions, shards or whole installations; what does not, says why."""

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.db.models import Model

from appliances.models import Home

DOCUMENT = Path(__file__).resolve().parents[2] / "docs/design/scaling.md"
OURS = [model for model in apps.get_app_config("appliances").get_models() if model is not Home]


def carries_home(model: type[Model]) -> bool:
    return any(field.related_model is Home and field.name == "home" for field in model._meta.fields)


def listed(title: str) -> set[str]:
    """The tables in the first column below this heading."""
    section = DOCUMENT.read_text().split(f"## {title}\n", 1)[1].split("\n## ", 1)[0]
    return set(re.findall(r"^\| `(\w+)`", section, re.MULTILINE))


@pytest.mark.parametrize("model", OURS, ids=lambda model: model.__name__)
def test_it_carries_its_home_or_the_document_says_why_not(model: type[Model]) -> None:
    assert carries_home(model) is not (model.__name__ in listed("Tables without a home"))


def test_the_document_names_no_table_that_is_not_there() -> None:
    assert listed("Tables without a home") <= {model.__name__ for model in OURS}
