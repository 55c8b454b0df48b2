"""The log's forms, and that a log which cannot be written fails nobody."""

import io
import json
import logging
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from appliances.telemetry import lines
from appliances.telemetry.lines import Seen
from voltsafe import logs

Log = Callable[[str], io.StringIO]


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> Iterator[Log]:
    """Begins the log in a form; what it returns is where the log goes."""

    def begin(form: str) -> io.StringIO:
        stream = io.StringIO()
        monkeypatch.setattr("sys.stderr", stream)
        logs.configure({"form": form})
        return stream

    yield begin
    monkeypatch.undo()
    logs.configure({"form": logs.TEXT})


def a_request_is_answered(**seen: Any) -> None:
    lines.answered(Seen("abcdef0123456789", **seen), method="GET", status=200, seconds=0.00123, size=12)


def test_a_machine_reads_one_line_a_request(log: Log) -> None:
    stream = log(logs.JSON)
    a_request_is_answered(route="home", user=3)
    line = json.loads(stream.getvalue())

    assert line.pop("at").endswith("Z")
    assert line == {
        "level": "info",
        "event": "request",
        "request": "abcdef0123456789",
        "method": "GET",
        "route": "home",
        "status": 200,
        "ms": 1.23,
        "bytes": 12,
        "user": 3,
    }


@pytest.mark.parametrize("form", [logs.TEXT, logs.OFF])
def test_a_person_is_told_nothing_of_what_goes_well(log: Log, form: str) -> None:
    stream = log(form)
    a_request_is_answered()
    logging.getLogger("appliances").info("All is well.")

    assert stream.getvalue() == ""
    assert not lines.are_written()


@pytest.mark.parametrize(("form", "told"), [(logs.TEXT, True), (logs.JSON, True), (logs.OFF, False)])
def test_a_warning_is_told_unless_the_log_is_off(log: Log, form: str, told: bool) -> None:
    stream = log(form)
    logging.getLogger("appliances.events").warning("The layer is %s.", "away")

    assert ("The layer is away." in stream.getvalue()) == told


@pytest.mark.parametrize("form", logs.FORMS)
def test_what_broke_is_always_told_with_its_traceback(log: Log, form: str) -> None:
    stream = log(form)
    try:
        raise ZeroDivisionError("nought")
    except ZeroDivisionError:
        logging.getLogger("appliances").exception("A tick failed")

    assert "A tick failed" in stream.getvalue()
    assert "ZeroDivisionError: nought" in stream.getvalue()


def test_what_others_log_is_a_line_of_json_too_and_carries_the_request(log: Log) -> None:
    stream = log(logs.JSON)
    given = lines.request_id.set("abcdef0123456789")
    logging.getLogger("daphne.server").error("Two\nlines of %s", "text")
    lines.request_id.reset(given)
    (text,) = stream.getvalue().splitlines()
    line = json.loads(text)

    assert (line["event"], line["level"], line["logger"]) == ("Two\nlines of text", "error", "daphne.server")
    assert line["request"] == "abcdef0123456789"


@pytest.mark.parametrize("form", [logs.TEXT, logs.JSON])
def test_a_request_is_named_by_its_route_and_never_by_its_path(log: Log, form: str) -> None:
    stream = log(form)
    known = SimpleNamespace(path="/some/secret/", resolver_match=SimpleNamespace(view_name="join"))
    unknown = SimpleNamespace(path="/some/secret/", resolver_match=None)
    for request in (known, unknown):
        told = {"request": request, "status_code": 404}
        logging.getLogger("django.request").warning("%s: %s", "Not Found", request.path, extra=told)

    assert "secret" not in stream.getvalue()
    assert "Not Found: join" in stream.getvalue()
    assert "Not Found: an address that is not known" in stream.getvalue()


@pytest.mark.parametrize("form", [logs.TEXT, logs.JSON])
@pytest.mark.parametrize(
    "secret", ["vs_c2VjcmV0cw", "vsi_c2VjcmV0cw", "vsl_c2VjcmV0cw", "vsw_c2VjcmV0cw", "Key (session_key)=(c2VjcmV0cw)"]
)
def test_what_looks_like_a_secret_of_ours_is_taken_out_wherever_it_stands(log: Log, form: str, secret: str) -> None:
    stream = log(form)
    logging.getLogger("anybody").error("It came with %s at https://home.example/reset/c2VjcmV0cw", secret)
    try:
        raise LookupError(f"no {secret}")
    except LookupError:
        logging.getLogger("anybody").exception("Failed")

    assert "c2VjcmV0cw" not in stream.getvalue()
    assert "https://home.example/…" in stream.getvalue()


class Full(io.StringIO):
    def write(self, _text: str) -> int:
        raise OSError(28, "No space left on device")


@pytest.mark.parametrize("stream", [Full(), (closed := io.StringIO())])
def test_a_log_that_cannot_be_written_fails_nothing(stream: io.StringIO) -> None:
    closed.close()
    write = logs.writer(stream)

    assert write("request", status=200) is None
