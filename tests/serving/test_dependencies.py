"""What is depended on is written down, with the bounds that were learnt the hard way."""

import re
from importlib.metadata import version
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/design/dependencies.md").read_text()


def direct(name: str) -> list[str]:
    lines = (ROOT / name).read_text().splitlines()
    return [line for line in lines if line and line[0] not in "#-"]


@pytest.mark.parametrize("line", [*direct("requirements.in"), *direct("requirements-dev.in")])
def test_every_direct_dependency_says_what_it_is_for(line: str) -> None:
    package = re.split(r"[<>=]", line)[0]

    assert re.search(rf"^\|[^|]*(?<![\w-]){re.escape(package)}(?![\w-])[^|]*\|", PAGE, re.MULTILINE), package


def test_redis_stays_below_the_version_that_drops_idle_sockets() -> None:
    assert int(version("redis").split(".")[0]) < 8
    assert any(re.fullmatch(r"redis>=[\d.]+,<8", line) for line in direct("requirements.in"))


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_everything_is_locked_with_its_checksum_and_says_nothing_of_where_from(name: str) -> None:
    text = (ROOT / name).read_text()
    pins = re.findall(r"^[a-z0-9][^ ]*==[^ ]+", text, re.MULTILINE)

    assert pins
    assert not re.search(r"https?://|--index|--find-links|--trusted", text)
    assert all(re.search(rf"^{re.escape(pin)}.*(\n +#.*)*\\\n +--hash=", text, re.MULTILINE) for pin in pins)


def test_the_vendored_files_are_the_ones_named() -> None:
    vendored = sorted(path.name for path in (ROOT / "static/vendor").glob("*.js"))

    assert vendored == ["htmx-2.0.11.min.js", "htmx-ext-ws-2.0.4.min.js"]
    assert all(word in PAGE for word in ("htmx 2.0.11", "websocket extension 2.0.4"))
