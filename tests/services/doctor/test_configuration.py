"""What the doctor says of what was set."""

from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from django.test import override_settings

from appliances.services.doctor import configuration
from appliances.services.doctor.finding import Finding, State


def only(found: Any) -> Finding:
    (one,) = found
    assert one.do or one.state is State.WELL
    return one


@pytest.mark.parametrize(
    ("url", "host", "state"),
    [
        ("", "127.0.0.1", "well"),
        ("", "::1", "well"),
        ("", "0.0.0.0", "warning"),
        ("http://localhost:8000", "0.0.0.0", "well"),
        ("http://192.0.2.7:8000", "0.0.0.0", "warning"),
        ("https://home.example", "127.0.0.1", "well"),
    ],
)
def test_what_crosses_the_network_in_the_clear_is_said(url: str, host: str, state: str) -> None:
    with override_settings(PUBLIC_URL=url, IS_HTTPS=url.startswith("https"), HOST=host):
        found = only(configuration.address())

    assert (found.state, "in the clear" in found.said) == (state, state == "warning")


def test_https_without_a_proxy_that_is_trusted_is_said() -> None:
    with override_settings(IS_HTTPS=True, TRUSTED_PROXIES=()):
        found = only(configuration.proxies())

    assert found.state is State.WARNING
    assert "VOLTSAFE_TRUSTED_PROXIES" in found.do


def test_proxies_that_are_trusted_are_named() -> None:
    with override_settings(IS_HTTPS=True, TRUSTED_PROXIES=(ip_network("172.18.0.0/16"),)):
        found = only(configuration.proxies())

    assert found.state is State.WELL
    assert "172.18.0.0/16" in found.said


@pytest.mark.parametrize(("on", "state"), [(True, State.WRONG), (False, State.WELL)])
def test_debug(on: bool, state: State) -> None:
    with override_settings(DEBUG=on):
        assert only(configuration.debug()).state is state


@pytest.mark.parametrize(("mode", "state"), [(0o600, State.WELL), (0o400, State.WELL), (0o640, State.WRONG)])
def test_a_key_that_others_may_read(tmp_path: Path, mode: int, state: State) -> None:
    key = tmp_path / "secret-key"
    key.write_text("k" * 60)
    key.chmod(mode)
    with override_settings(DATA_DIR=tmp_path, SECRET_KEY="k" * 60):
        found = only(configuration.secret_key())

    assert found.state is state
    assert "kkk" not in found.said


def test_a_key_of_the_environment_has_no_file(tmp_path: Path) -> None:
    with override_settings(DATA_DIR=tmp_path):
        assert only(configuration.secret_key()).state is State.WELL


@pytest.mark.parametrize(("mode", "state"), [(0o700, State.WELL), (0o755, State.WRONG), (0o770, State.WRONG)])
def test_a_data_folder_that_is_open_to_others(tmp_path: Path, mode: int, state: State) -> None:
    tmp_path.chmod(mode)
    with override_settings(DATA_DIR=tmp_path):
        assert only(configuration.data_folder()).state is state
