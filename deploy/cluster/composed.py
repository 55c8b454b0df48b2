"""What docker-compose.yml says of a service, as Compose itself understands it."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
FILE = ROOT / "docker-compose.yml"


def compose_command() -> list[str]:
    """Compose as it is installed here; nothing where it is not."""
    has_plugin = (
        shutil.which("docker")
        and not subprocess.run(["docker", "compose", "version"], capture_output=True, check=False).returncode
    )
    if has_plugin:
        return ["docker", "compose"]
    return ["docker-compose"] if shutil.which("docker-compose") else []


def understood(file: Path = FILE) -> dict[str, Any]:
    """The whole file, checked and filled in by Compose; as it is written where there is none here."""
    command = compose_command()
    if not command:
        return dict(yaml.safe_load(file.read_text()))
    form = ["--format", "json"] if command == ["docker", "compose"] else []
    asked = [*command, "-f", str(file), "config", *form]
    ended = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=False)
    if ended.returncode:
        raise SystemExit(f"{file.name} is not what Compose takes: {ended.stderr.strip()}")
    # JSON is YAML too; the older Compose writes only that.
    return dict(yaml.safe_load(ended.stdout))
