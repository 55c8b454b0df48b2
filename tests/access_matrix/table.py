"""The matrix as Markdown, in the page of the docs that explains it."""

from collections.abc import Iterator
from pathlib import Path

from tests.access_matrix import routes
from tests.access_matrix.needs import ASKERS, Need
from tests.access_matrix.routes import AREAS, Route
from tests.access_matrix.walk import Outcomes

PAGE = Path(__file__).resolve().parents[2] / "docs" / "design" / "access.md"
BEGIN = "<!-- The table from here on is written by `make matrix`. -->"
END = "<!-- The end of what `make matrix` writes. -->"
RENEW = "run `make matrix` (python -m tests.access_matrix) and look at what changed in docs/design/access.md"

Row = tuple[Route, str, Need]


def rows() -> list[Row]:
    """Every address, method and need, as declared. Raises Undeclared."""
    doors = [*routes.declared_pages(), *routes.of_operations()]
    found = [(route, method, need) for route, door in doors for method, need in door.needs.items()]
    sockets = [(route, said, need) for route in routes.of_sockets() for said, need in routes.said_on(route).items()]
    return [*found, *sockets]


def expected() -> Outcomes:
    """By the declared needs and the policy alone."""
    return {(route.path, method): {one.name: need.of(one) for one in ASKERS} for route, method, need in rows()}


def contradictions(found: Outcomes) -> list[str]:
    """Where what somebody gets is not what was declared."""
    return [
        f"{method} {path}, {name}: declared is {wanted!r}, got {found[path, method][name]!r}"
        for (path, method), by_name in expected().items()
        for name, wanted in by_name.items()
        if found[path, method][name] != wanted
    ]


def markdown(found: Outcomes) -> str:
    return "\n".join(_lines(found))


def _lines(found: Outcomes) -> Iterator[str]:
    for area in reversed([area for area, _prefix in AREAS]):
        of_area = [row for row in rows() if row[0].area == area]
        if not of_area:
            continue
        yield from (f"### {area}", "", _line(["address", "needs", *(one.name for one in ASKERS)]))
        yield _line(["---"] * (2 + len(ASKERS)))
        for path in dict.fromkeys(row[0].path for row in of_area):
            yield from _of_address([row for row in of_area if row[0].path == path], found)
        yield ""


def _of_address(of: list[Row], found: Outcomes) -> Iterator[str]:
    """One line, or one for each method that is not answered like the others."""
    alike: dict[tuple[str, ...], list[Row]] = {}
    for route, method, need in of:
        answers = tuple(found[route.path, method][one.name] for one in ASKERS)
        alike.setdefault((need.words, *answers), []).append((route, method, need))
    for (words, *answers), same in alike.items():
        methods = " ".join(method for _route, method, _need in same)
        yield _line([f"{methods} `{same[0][0].shown}`", words, *answers])


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def in_page() -> str:
    _before, _begin, rest = PAGE.read_text().partition(BEGIN)
    return rest.partition(END)[0].strip()


def put_into_page(text: str) -> None:
    before, begin, rest = PAGE.read_text().partition(BEGIN)
    _old, end, after = rest.partition(END)
    PAGE.write_text(f"{before}{begin}\n\n{text}\n{end}{after}")
