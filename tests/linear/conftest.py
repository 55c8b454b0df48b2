"""The home of histories that are made by hand."""

import pytest

from tests.linear.one_by_one import OneByOne


@pytest.fixture
def home() -> OneByOne:
    return OneByOne()
