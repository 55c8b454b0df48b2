"""What the environment may say, and that nonsense stops the start with one line that names the variable."""

from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import redis
from django.core.exceptions import ImproperlyConfigured

from voltsafe import env

NAME = "VOLTSAFE_TEST_VALUE"


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> Any:
    return lambda value, name=NAME: monkeypatch.setenv(name, value)


def complaint(reader: Any, *args: Any) -> str:
    with pytest.raises(ImproperlyConfigured) as caught:
        reader(NAME, *args)
    return str(caught.value)


def test_text_is_stripped_and_may_be_missing(given: Any) -> None:
    assert env.text(NAME, "fallback") == "fallback"
    given("  word ")
    assert env.text(NAME, "fallback") == "word"


def test_a_dollar_is_a_dollar(given: Any) -> None:
    given("$ecret $HOME")
    assert env.text(NAME) == "$ecret $HOME"


def test_a_value_may_come_from_a_file(given: Any, tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("from the file\n")
    given("from the environment")
    given(str(file), f"{NAME}_FILE")
    assert env.text(NAME) == "from the file"


@pytest.mark.parametrize("content", [None, b"\xff\xfe"])
def test_a_file_that_cannot_be_read_is_named(given: Any, tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "secret"
    if content is not None:
        file.write_bytes(content)
    given(str(file), f"{NAME}_FILE")
    assert complaint(env.text).startswith(f"{NAME}_FILE is '{file}'")


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("", None),
        ("127.0.0.1:9464", ("127.0.0.1", 9464)),
        ("[::1]:1", ("::1", 1)),
        ("back.example:80", ("back.example", 80)),
    ],
)
def test_an_address_to_listen_on(given: Any, said: str, meant: tuple[str, int] | None) -> None:
    given(said)
    assert env.address(NAME) == meant


@pytest.mark.parametrize(
    "said",
    ["9464", ":9464", "127.0.0.1", "127.0.0.1:0", "127.0.0.1:65536", "::1:9464", "[::1]", "[]:1", "[here]:1", "a:b"],
)
def test_half_an_address_is_none(given: Any, said: str) -> None:
    given(said)
    assert complaint(env.address) == f"{NAME} is '{said}'; give it as 127.0.0.1:9464 or [::1]:9464."


def test_one_of_a_few_words_or_the_first_of_them(given: Any) -> None:
    words = ("text", "json", "off")
    assert env.choice(NAME, words) == "text"
    given("JSON")
    assert env.choice(NAME, words) == "json"
    given("loud")
    assert complaint(env.choice, words) == f"{NAME} is 'loud'; set it to text, json or off."


def test_a_secret_that_is_too_short_is_not_repeated(given: Any) -> None:
    given("s3cret")
    assert complaint(env.secret) == f"{NAME} is too short to be a secret; make it 32 characters or more."


@pytest.mark.parametrize(("value", "meaning"), [("1", True), ("True", True), ("on", True), ("0", False), ("", False)])
def test_flags(given: Any, value: str, meaning: bool) -> None:
    given(value)
    assert env.flag(NAME) is meaning


@pytest.mark.parametrize("value", ["2", "maybe", "-", "nope"])
def test_a_flag_that_is_none(given: Any, value: str) -> None:
    given(value)
    assert complaint(env.flag) == f"{NAME} is {value!r}; set it to 1 or 0."


@pytest.mark.parametrize("value", ["0", "65536", "-1", "8000.0", "http", "80 80", "٨٠"])
def test_a_port_that_is_none(given: Any, value: str) -> None:
    given(value)
    assert complaint(env.port, 8000) == f"{NAME} is {value!r}; set it to a port number from 1 to 65535."


def test_an_empty_port_is_the_usual_one(given: Any) -> None:
    given("")
    assert env.port(NAME, 8000) == 8000


@pytest.mark.parametrize("value", ["home.example", "ftp://home.example", "https://home.example/path", "https://h?a=1"])
def test_an_address_that_is_none(given: Any, value: str) -> None:
    given(value)
    assert complaint(env.url).startswith(f"{NAME} is {value!r}; give it as ")


@pytest.mark.parametrize(
    "value",
    ["http://home.example:port", "http://home.example:99999", "https://[home.example", "https://u:p@home.example"],
)
def test_an_address_that_cannot_be_read(given: Any, value: str) -> None:
    given(value)
    assert complaint(env.url).startswith(f"{NAME} is {value!r}; give it as ")


def test_an_address_loses_its_last_slash(given: Any) -> None:
    given("https://home.example/")
    assert env.url(NAME) == "https://home.example"


@pytest.mark.parametrize("value", ["localhost:6379", "http://localhost", "redis"])
def test_a_redis_address_that_is_none(given: Any, value: str) -> None:
    given(value)
    assert complaint(env.redis).startswith(f"{NAME} is not a Redis address")


def test_without_an_address_the_database_is_the_file_of_the_data_folder() -> None:
    assert env.database(NAME, Path("/data/file")) == {"ENGINE": env.SQLITE, "NAME": "/data/file"}


def test_a_sqlite_address_is_a_whole_path(given: Any) -> None:
    given("sqlite:////srv/volts.sqlite3")
    assert env.database(NAME, Path("/data/file")) == {"ENGINE": env.SQLITE, "NAME": "/srv/volts.sqlite3"}


def test_a_postgresql_address_keeps_its_options(given: Any) -> None:
    given("postgres://user:p%40ss@db:5433/volts?sslmode=require")
    found = env.database(NAME, Path("/data/file"))
    assert found["ENGINE"] == env.POSTGRESQL
    assert (found["HOST"], found["PORT"], found["PASSWORD"]) == ("db", 5433, "p@ss")
    assert found["OPTIONS"] == {"sslmode": "require"}


def test_the_password_of_the_database_may_stand_beside_its_address(given: Any) -> None:
    given("postgres://user@db/volts", "VOLTSAFE_TEST_URL")
    found = env.database("VOLTSAFE_TEST_URL", Path("/data/file"), password="any/thing @ all:")
    assert (found["USER"], found["PASSWORD"]) == ("user", "any/thing @ all:")


@pytest.mark.parametrize("address", ["redis://cache:6379/2", "rediss://user@cache:6379/2", "unix://@/run/redis.sock"])
def test_the_password_of_redis_may_stand_beside_its_address(given: Any, address: str) -> None:
    given(address, "VOLTSAFE_TEST_URL")
    whole = env.redis("VOLTSAFE_TEST_URL", password="any/thing @ all:")
    with_it, without = redis.connection.parse_url(whole), redis.connection.parse_url(address)
    assert with_it.pop("password") == "any/thing @ all:"
    assert {**with_it, "username": with_it.get("username") or None} == {"username": None, **without}


in_the_database = partial(env.database, sqlite_file=Path("/data/file"))


@pytest.mark.parametrize(
    ("reader", "address", "why"),
    [
        (env.redis, "", "names no server"),
        (env.redis, "redis://:s3cret@cache", "another"),
        (in_the_database, "", "names no server"),
        (in_the_database, "postgres://u:s3cret@db/volts", "another"),
    ],
)
def test_a_password_that_belongs_nowhere_is_said_and_not_repeated(
    given: Any, reader: Any, address: str, why: str
) -> None:
    given(address, "VOLTSAFE_TEST_URL")
    with pytest.raises(ImproperlyConfigured, match=why) as caught:
        reader("VOLTSAFE_TEST_URL", password="0th3r s3cret")
    assert "VOLTSAFE_TEST_PASSWORD" in str(caught.value)
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize(
    "value",
    [
        "garbage",
        "mysql://user:s3cret@db/volts",
        "postgres://user:s3cret@db",
        "postgres://user:s3cret@db:port/volts",
        "postgres://user:s3cret@db:99999999/volts",
        "sqlite://",
        "sqlite:///",
        "sqlite://:memory:",
        "sqlite:///file",
    ],
)
def test_a_database_address_that_is_none(given: Any, value: str) -> None:
    given(value)
    said = complaint(env.database, Path("/data/file"))
    assert said.startswith(NAME)
    assert "s3cret" not in said
    assert "\n" not in said


def test_a_folder_is_made_for_its_owner_alone(tmp_path: Path) -> None:
    made = env.folder(NAME, tmp_path / "deep" / "data")
    assert made.stat().st_mode & 0o777 == 0o700


def test_a_folder_where_a_file_is(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    assert complaint(env.folder, tmp_path / "data").endswith(f"File exists. Set {NAME}.")


@pytest.mark.parametrize(("said", "days"), [("7d", 7), ("365d", 365), ("52w", 364), ("forever", None), ("", None)])
def test_a_period(given: Any, said: str, days: int | None) -> None:
    given(said)
    assert env.period(NAME) == (None if days is None else timedelta(days=days))


@pytest.mark.parametrize("said", ["6d", "0d", "-9d", "9", "d", "1y", "1.5w", "٩d", "forever and a day", "9999999d"])
def test_what_is_no_period_or_too_short_a_one_is_named(given: Any, said: str) -> None:
    given(said)
    assert complaint(env.period).startswith(f"{NAME} is {said!r}; ")


def test_a_count(given: Any) -> None:
    assert env.count(NAME, 20) == 20
    given("7")
    assert env.count(NAME, 20) == 7


@pytest.mark.parametrize("value", ["0", "-1", "many", "1.5", "1000000"])
def test_a_count_that_is_none_is_named(given: Any, value: str) -> None:
    given(value)
    assert complaint(env.count, 20) == f"{NAME} is '{value}'; set it to a whole number from 1 to 999999."


def test_addresses_and_networks(given: Any) -> None:
    assert env.networks(NAME) == ()
    given("127.0.0.1, 172.18.0.0/16,::1,")
    assert [str(one) for one in env.networks(NAME)] == ["127.0.0.1/32", "172.18.0.0/16", "::1/128"]


@pytest.mark.parametrize("value", ["caddy", "10.0.0.1/8", "1.2.3"])
def test_what_is_no_network_is_named(given: Any, value: str) -> None:
    given(value)
    assert complaint(env.networks).startswith(f"{NAME}: ")


@pytest.mark.parametrize("value", ["0.0.0.0/0", "::/0", "127.0.0.1,0.0.0.0/0"])
def test_nobody_trusts_everyone(given: Any, value: str) -> None:
    given(value)
    assert "would trust everyone" in complaint(env.networks)
