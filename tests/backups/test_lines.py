"""A row written as a line is that row again when it is read."""

from hypothesis import given
from hypothesis import strategies as st

from voltsafe.backups import lines

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")) | st.sampled_from(["", r"\N", "\\"])


@given(st.lists(texts | st.none(), min_size=1, max_size=5))
def test_comes_back_as_it_was_from_one_line(row: list[str | None]) -> None:
    written = lines.line(row)

    assert lines.row(written) == row
    assert (written.count(b"\n"), written[-1:]) == (1, b"\n")
