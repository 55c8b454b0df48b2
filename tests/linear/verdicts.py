"""What the checker says of a history that was made by hand."""

from tests.linear.checking import differences
from tests.linear.one_by_one import OneByOne
from tests.linear.operations import Operation


def checked(home: OneByOne, *operations: Operation) -> list[str]:
    return differences(home.start, operations, home.record)


def found(home: OneByOne, words: str, *operations: Operation) -> bool:
    said = checked(home, *operations)
    assert any(words in line for line in said), said
    return True
