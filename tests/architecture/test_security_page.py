"""docs/design/security.md has every item of OWASP ASVS 5.0.0, levels 1 and 2, and names only what is there."""

import re

from django.conf import settings

PAGE = (settings.BASE_DIR / "docs/design/security.md").read_text()
ROWS = re.findall(r"^\| ([\d.]+) \| ([12]) \| ([^|]+) \| (met|not met|n/a) \| ([^|]+) \|$", PAGE, re.MULTILINE)

LAST_OF_SECTION = """
1.1.2 1.2.9 1.3.11 1.4.3 1.5.2 2.1.3 2.2.3 2.3.4 2.4.1 3.2.2 3.3.4 3.4.6 3.5.5 3.7.2 4.1.3 4.2.1 4.3.2 4.4.4 5.1.1 5.2.3
5.3.2 5.4.3 6.1.3 6.2.12 6.3.4 6.4.4 6.5.5 6.6.3 6.8.4 7.1.3 7.2.4 7.3.2 7.4.5 7.5.2 7.6.2 8.1.2 8.2.3 8.3.1 8.4.1 9.1.3
9.2.4 11.1.2 11.2.3 11.3.3 11.4.4 11.5.1 11.6.1 12.1.3 12.2.2 12.3.4 13.1.1 13.2.5 13.3.2 13.4.5 14.1.2 14.2.4 14.3.3
15.1.3 15.2.3 15.3.7 16.1.1 16.2.5 16.3.4 16.4.3 16.5.3
"""
"""Within a section the items of levels 1 and 2 come first and are counted without a gap."""

ELSEWHERE = 29 + 7
"""Of V10 and V17, which do not apply and stand in a sentence each."""


def test_every_item_has_a_line() -> None:
    wanted = []
    for last in LAST_OF_SECTION.split():
        section, _dot, count = last.rpartition(".")
        wanted += [f"{section}.{number}" for number in range(1, int(count) + 1)]

    assert [item for item, *_rest in ROWS] == wanted
    assert len(wanted) + ELSEWHERE == 253


def test_the_sum_at_its_head_is_right() -> None:
    verdicts = [verdict for _item, _level, _demand, verdict, _why in ROWS]
    met, missed, foreign = (verdicts.count(one) for one in ("met", "not met", "n/a"))
    said = f"Of 253 items {met} are met, {missed} are not, {foreign + ELSEWHERE} do not apply."

    assert said in " ".join(PAGE.split())


def test_every_file_it_names_is_there() -> None:
    named = set(re.findall(r"`((?:appliances|docs|tests|voltsafe)/[\w/.-]+)`", PAGE))

    assert len(named) > 30
    assert [name for name in sorted(named) if not (settings.BASE_DIR / name).exists()] == []
