"""What the product asks of SQLite, where the tests ask for less."""

import pytest
from django.conf import settings


@pytest.mark.sqlite
def test_an_answer_waits_for_the_disk_in_the_product() -> None:
    asked = settings.OF_THE_PRODUCT
    assert "PRAGMA synchronous=FULL" in asked
    assert "PRAGMA journal_mode=WAL" in asked
    assert asked != settings.DATABASES["default"]["OPTIONS"]["init_command"]
