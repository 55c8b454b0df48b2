"""What the image and the documentation say of serving is what the program does."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from deploy.cluster import composed
from tests.serving.process import a_free_port, environment, serving

ROOT = Path(__file__).resolve().parents[2]


def names_in(text: str) -> set[str]:
    return set(re.findall(r"^\| `([A-Z_]+)` \|", text, re.MULTILINE))


def test_every_variable_that_is_read_is_documented_and_no_other() -> None:
    sources = [path.read_text() for folder in ("voltsafe", "appliances") for path in (ROOT / folder).rglob("*.py")]
    read = {name for text in sources for name in re.findall(r'\benv\.[a-z]+\(\s*"([A-Z_]+)"', text)}

    assert names_in((ROOT / "docs/configuration.md").read_text()) == read


def test_compose_sets_only_what_is_documented() -> None:
    services = composed.understood()["services"]
    given = {name.removesuffix("_FILE") for one in ("web", "controller") for name in services[one]["environment"]}

    assert given <= names_in((ROOT / "docs/configuration.md").read_text())


def test_compose_asks_for_health_as_the_image_does() -> None:
    asked = composed.understood()["services"]["web"]["healthcheck"]["test"]

    assert asked[1:] == command_of_the_health_check()


def command_of_the_health_check() -> list[str]:
    found: Any = re.search(
        r"^HEALTHCHECK.*?CMD (\[.*?\])\n", (ROOT / "Dockerfile").read_text(), re.DOTALL | re.MULTILINE
    )
    return list(json.loads(found[1]))


def test_the_image_has_every_folder_that_serving_reads() -> None:
    taken = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    folders = [*settings.STATICFILES_DIRS, *settings.TEMPLATES[0]["DIRS"], *settings.LOCALE_PATHS]
    apps = {name.split(".")[0] for name in settings.INSTALLED_APPS if (ROOT / name.split(".")[0]).is_dir()}

    assert {Path(folder).name for folder in folders} | apps | {"voltsafe", "manage.py", "requirements.txt"} <= taken


@pytest.mark.processes
def test_the_health_check_of_the_image_tells_whether_it_serves(served_once: Path) -> None:
    command = [sys.executable, *command_of_the_health_check()[1:]]

    def is_healthy(port: int) -> bool:
        given = environment(served_once, PORT=str(port))
        return subprocess.run(command, env=given, stderr=subprocess.DEVNULL, check=False).returncode == 0

    with serving(served_once) as server:
        assert is_healthy(server.port)
    assert not is_healthy(a_free_port())
