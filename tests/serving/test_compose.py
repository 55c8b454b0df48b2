"""docker-compose.yml as Compose itself understands it: nothing runs with more rights or room than it needs."""

import ipaddress
import json
import re
import stat
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.cluster import composed

ROOT = composed.ROOT
FILES = ["docker-compose.yml", "docs/compose-home.yml"]
OURS = ["web", "controller"]
SERVICES = ["proxy", "web", "controller", "postgres", "redis"]


@pytest.fixture(scope="module")
def whole() -> dict[str, Any]:
    return composed.understood()


@pytest.fixture
def service(whole: dict[str, Any], request: pytest.FixtureRequest) -> Any:
    return whole["services"][request.param]


each = pytest.mark.parametrize("service", SERVICES, indirect=True)


@pytest.mark.tools
def test_compose_itself_was_asked() -> None:
    if not composed.compose_command():
        pytest.skip("Compose is not here: the file was read as it is written")
    assert composed.understood()["services"]["controller"]["environment"]["REDIS_URL"] == "redis://redis:6379/0"


@pytest.mark.tools
def test_a_file_that_compose_does_not_take_is_said(tmp_path: Path) -> None:
    if not composed.compose_command():
        pytest.skip("Compose is not here")
    (tmp_path / "wrong.yml").write_text("services: {web: {image: any, reed_only: true}}")
    with pytest.raises(SystemExit, match=r"(?s)wrong\.yml is not what Compose takes: .*reed_only"):
        composed.understood(tmp_path / "wrong.yml")


def test_these_are_all_services(whole: dict[str, Any]) -> None:
    assert set(whole["services"]) == set(SERVICES)


@each
def test_it_runs_as_an_ordinary_user_without_rights_on_a_file_system_it_cannot_write(service: Any) -> None:
    assert service["user"].partition(":")[0] not in {"", "0", "root"}
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert not service.get("cap_add")
    assert not service.get("privileged")
    assert service["security_opt"] == ["no-new-privileges:true"]


@each
def test_what_it_may_use_is_bounded(service: Any) -> None:
    assert service["mem_limit"]
    assert float(service["cpus"]) <= 2
    assert int(service["pids_limit"]) <= 200
    assert {"max-size", "max-file"} <= set(service["logging"]["options"])


@each
def test_it_says_whether_it_is_well_and_comes_back(service: Any) -> None:
    assert service["healthcheck"]["test"][0] in {"CMD", "CMD-SHELL"}
    assert service["healthcheck"]["timeout"] == "5s"
    assert service["restart"] == "unless-stopped"


@each
def test_a_password_comes_from_a_file_that_it_is_given(service: Any, whole: dict[str, Any]) -> None:
    given = {one["source"] if isinstance(one, dict) else one for one in service.get("secrets", [])}
    said = json.dumps([service.get("environment", {}), service["command"], service["healthcheck"]])
    assert set(re.findall(r"/run/secrets/(\w+)", said)) == given <= set(whole["secrets"])
    for name in service.get("environment", {}):
        assert not re.search("PASSWORD|SECRET|TOKEN", name) or name.endswith("_FILE")
    assert not re.search(r"://[^/]*:[^/]*@", said)


def test_only_the_proxy_is_reached_from_outside(whole: dict[str, Any]) -> None:
    assert [name for name in SERVICES if whole["services"][name].get("ports")] == ["proxy"]
    assert whole["networks"]["back"]["internal"] is True
    for name in ("controller", "postgres", "redis"):
        assert list(whole["services"][name]["networks"]) == ["back"]
    assert list(whole["services"]["proxy"]["networks"]) == ["front"]


def test_the_one_address_that_is_trusted_is_the_proxys_and_nobody_elses(whole: dict[str, Any]) -> None:
    trusted = whole["services"]["web"]["environment"]["VOLTSAFE_TRUSTED_PROXIES"]
    [config] = whole["networks"]["front"]["ipam"]["config"]
    assert whole["services"]["proxy"]["networks"]["front"]["ipv4_address"] == trusted
    assert ipaddress.ip_address(trusted) in ipaddress.ip_network(config["subnet"])
    assert ipaddress.ip_address(trusted) not in ipaddress.ip_network(config["ip_range"])


def test_one_controller_and_several_web_processes(whole: dict[str, Any]) -> None:
    web, controller = whole["services"]["web"], whole["services"]["controller"]
    assert web["environment"]["VOLTSAFE_CONTROLLER"] == "0"
    assert web["deploy"]["replicas"] == 2
    assert controller["command"] == ["python", "manage.py", "controller"]
    assert controller["environment"]["VOLTSAFE_CONTROLLER_METRICS"] == "0.0.0.0:9464"
    shared = {name for name in controller["environment"] if name not in {"VOLTSAFE_URL", "VOLTSAFE_CONTROLLER_METRICS"}}
    assert {name: web["environment"][name] for name in shared} == {
        name: controller["environment"][name] for name in shared
    }


def test_the_database_has_room_for_every_connection(whole: dict[str, Any]) -> None:
    command = whole["services"]["postgres"]["command"]
    room = int(next(word.partition("=")[2] for word in command if word.startswith("max_connections=")))
    assert room >= 14 * 8 + 2 + 3


def test_images_are_named_by_their_version(whole: dict[str, Any]) -> None:
    pulled = {name: one["image"] for name, one in whole["services"].items() if "build" not in one}
    bases = [
        *re.findall(r"^FROM (\S+)", (ROOT / "Dockerfile").read_text(), re.MULTILINE),
        *re.findall(r"^FROM (\S+)", (ROOT / "deploy/proxy/Dockerfile").read_text(), re.MULTILINE),
    ]
    for image in [*pulled.values(), *bases]:
        assert re.search(r":\d+", image), image


@pytest.mark.parametrize("file", FILES)
def test_what_is_written_is_what_compose_understands(file: str) -> None:
    written = yaml.safe_load((ROOT / file).read_text())
    assert set(composed.understood(ROOT / file)["services"]) == set(written["services"])


def test_the_file_for_people_at_home_is_short_and_still_careful() -> None:
    path = ROOT / "docs/compose-home.yml"
    [service] = composed.understood(path)["services"].values()
    assert len(path.read_text().splitlines()) <= 12
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["restart"] == "unless-stopped"
    assert str(service["volumes"]).count("/data") == 1


def test_secrets_are_made_once_for_their_owner_and_readable_in_the_containers(tmp_path: Path) -> None:
    script = tmp_path / "secrets.sh"
    script.write_text((ROOT / "deploy/secrets.sh").read_text())
    for _ in range(2):
        said = subprocess.run(["sh", script], capture_output=True, text=True, check=True).stdout
    made = {path.name: path for path in (tmp_path / "secrets").iterdir()}
    assert said == ""
    assert set(made) == set(yaml.safe_load((ROOT / "docker-compose.yml").read_text())["secrets"])
    assert stat.S_IMODE((tmp_path / "secrets").stat().st_mode) == 0o700
    for path in made.values():
        assert stat.S_IMODE(path.stat().st_mode) == 0o444
        assert re.fullmatch("[0-9a-f]{64}", path.read_text())


@pytest.mark.redis
def test_redis_asks_for_its_password_by_its_very_command_line(whole: dict[str, Any], tmp_path: Path) -> None:
    service = whole["services"]["redis"]
    (tmp_path / "redis_password").write_text("any thing's & password")
    here = {"$$": "$", "/run/secrets": str(tmp_path), "appendonly no": "appendonly no\nport 0\nunixsocket redis.sock"}
    line = [replaced(word, here) for word in service["command"]]
    check = replaced(service["healthcheck"]["test"][1], {**here, "redis-cli": "redis-cli -s redis.sock"})
    server = subprocess.Popen(line, cwd=tmp_path, stdout=subprocess.DEVNULL)
    try:
        for _ in range(200):
            if (tmp_path / "redis.sock").exists():
                break
            time.sleep(0.05)
        assert subprocess.run(["sh", "-c", check], cwd=tmp_path, check=False).returncode == 0
        (tmp_path / "redis_password").write_text("another")
        assert subprocess.run(["sh", "-c", check], cwd=tmp_path, capture_output=True, check=False).returncode != 0
    finally:
        server.terminate()
        server.wait(10)


def replaced(text: str, words: dict[str, str]) -> str:
    for there, here in words.items():
        text = text.replace(there, here)
    return text
