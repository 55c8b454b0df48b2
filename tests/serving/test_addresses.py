"""Which names and origins this server answers to."""

import pytest

from voltsafe import addresses

HERE = ["127.0.0.1", "localhost", "[::1]"]


def test_at_home_it_answers_to_this_machine_alone() -> None:
    assert addresses.allowed_hosts("", "127.0.0.1") == HERE


def test_the_address_it_listens_on_is_added() -> None:
    assert addresses.allowed_hosts("", "192.0.2.7") == [*HERE, "192.0.2.7"]


@pytest.mark.parametrize("listening", ["192.0.2.7", "0.0.0.0", "::"])
def test_a_public_name_is_the_only_one_beside_loopback(listening: str) -> None:
    assert addresses.allowed_hosts("https://Home.Example", listening) == [*HERE, "home.example"]


@pytest.mark.parametrize("everywhere", sorted(addresses.EVERYWHERE))
def test_listening_everywhere_is_not_answering_to_everything(everywhere: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(addresses, "_names_of_this_machine", lambda: ["Pi", "pi.local", "192.0.2.7"])
    hosts = addresses.allowed_hosts("", everywhere)

    assert hosts == [*HERE, "pi", "pi.local", "192.0.2.7"]


@pytest.mark.parametrize("host", ["fd00::7", "[fd00::7]"])
def test_an_ipv6_address_is_in_brackets_as_in_a_header(host: str) -> None:
    assert addresses.allowed_hosts("", host)[-1] == "[fd00::7]"


def test_origins_have_scheme_and_port() -> None:
    assert addresses.allowed_origins("", ["localhost", "[::1]"], 8000) == ["http://localhost:8000", "http://[::1]:8000"]


def test_origins_leave_out_the_port_that_the_scheme_implies_as_browsers_do() -> None:
    assert addresses.allowed_origins("", ["localhost"], 80) == ["http://localhost"]
    assert addresses.allowed_origins("https://home.example:443", [], 8000) == ["https://home.example"]


def test_the_public_origin_is_the_only_one() -> None:
    hosts = ["localhost", "home.example"]
    assert addresses.allowed_origins("https://Home.Example:8443", hosts, 8000) == ["https://home.example:8443"]
    assert addresses.allowed_origins("http://[FD00::7]:8000", hosts, 8000) == ["http://[fd00::7]:8000"]


@pytest.mark.parametrize(
    ("url", "host", "told"),
    [
        ("", "127.0.0.1", "http://127.0.0.1:8000"),
        ("", "0.0.0.0", "http://127.0.0.1:8000"),
        ("", "::", "http://127.0.0.1:8000"),
        ("", "fd00::7", "http://[fd00::7]:8000"),
        ("https://home.example", "0.0.0.0", "https://home.example"),
    ],
)
def test_a_person_is_told_an_address_that_can_be_opened(url: str, host: str, told: str) -> None:
    assert addresses.of_this_server(url, host, 8000) == told


def test_this_machine_has_a_name() -> None:
    assert all(addresses._names_of_this_machine())
