"""The log: for a person at a terminal what goes wrong, for a machine one JSON line a request and decision besides.

Chosen by VOLTSAFE_LOG; it goes to standard error. What a start tells whoever started it goes to standard output and is
no log. Nothing secret gets in: our own lines have no place for it (appliances.telemetry.lines), and of what libraries
write, addresses of requests and everything that looks like a secret of ours are taken out.
"""

import json
import logging
import logging.config
import re
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TextIO, cast

from appliances.telemetry import lines
from voltsafe import log_stream
from voltsafe.log_stream import LogStream

TEXT, JSON, OFF = FORMS = ("text", "json", "off")

SECRETS = (
    # Tokens, invitations, links of wall screens and their cookies (services.secret_text).
    (re.compile(r"\b(vs[ilw]?_)[A-Za-z0-9_-]{4,}"), r"\1…"),
    # PostgreSQL tells the values that were there already; a session's key is one.
    (re.compile(r"(Key \([^)]*\))=\(.*?\)"), r"\1=(…)"),
    # Where a page was come from: with CSRF it is said whole.
    (re.compile(r"(https?://[^/\s]+/)\S+"), r"\1…"),
)


def without_secrets(text: str) -> str:
    for secret, instead in SECRETS:
        text = secret.sub(instead, text)
    return text


class NoTraceback(logging.Filter):
    """For what anybody on the network can cause: a line says it all."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.exc_info = record.exc_text = None
        return True


class NoSecrets(logging.Filter):
    """Django names a request by its path, which may hold the secret of a link; here it is named by its route."""

    def filter(self, record: logging.LogRecord) -> bool:
        request = getattr(record, "request", None)
        path = getattr(request, "path", None)
        if path and isinstance(record.args, tuple):
            match = getattr(request, "resolver_match", None)
            route = match.view_name if match else "an address that is not known"
            record.args = tuple(route if given == path else given for given in record.args)
        record.msg, record.args = without_secrets(record.getMessage()), ()
        return True


class Plain(logging.Formatter):
    def formatException(self, ei: Any) -> str:  # noqa: N802
        return without_secrets(super().formatException(ei))


def configure(chosen: dict[str, Any]) -> None:
    """Django's LOGGING_CONFIG: `chosen["form"]` is one of FORMS."""
    form = chosen["form"]
    stream = log_stream.of(sys.stderr, _missing_as_json if form == JSON else _missing_as_text)
    logging.config.dictConfig(_logging(form, stream))
    lines.write_with(writer(stream) if form == JSON else None)


def _missing_as_text(count: int) -> str:
    return f"Here {count} lines of the log are missing: nobody took them."


def _missing_as_json(count: int) -> str:
    return _line(None, "warning", {"event": "lines missing", "count": count})


def _logging(form: str, stream: TextIO | LogStream) -> dict[str, Any]:
    text = {"()": Plain, "format": "{asctime} {levelname} {name}: {message}", "style": "{"}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": _json_formatter} if form == JSON else text},
        "filters": {"no_traceback": {"()": NoTraceback}, "no_secrets": {"()": NoSecrets}},
        "handlers": {
            "stderr": {
                "class": "logging.StreamHandler",
                "stream": stream,
                "formatter": "line",
                "filters": ["no_secrets"],
            }
        },
        "root": {"handlers": ["stderr"], "level": "ERROR" if form == OFF else "WARNING"},
        "loggers": {
            "django": {"handlers": [], "level": "NOTSET", "propagate": True},
            "django.security.DisallowedHost": {"filters": ["no_traceback"]},
        },
    }


def writer(stream: TextIO | LogStream) -> lines.Write:
    """Writes a line of JSON. A log that cannot be written (a full disk, a closed pipe) fails no request."""
    # Imported where it is used: a person at a terminal waits for their start, and needs none of it.
    import structlog  # noqa: PLC0415

    wrapper = structlog.make_filtering_bound_logger(logging.INFO)
    logger = structlog.wrap_logger(
        structlog.WriteLogger(cast(TextIO, stream)), processors=[_line], wrapper_class=wrapper
    )
    # Bound once: what is left for each line is one call of ours and the writing.
    write: Callable[..., Any] = logger.bind().info

    def written(event: str, **fields: Any) -> None:
        try:
            write(event, **fields)
        except (OSError, ValueError):
            return

    return written


def _json_formatter() -> logging.Formatter:
    """What others log, in the same form."""
    import structlog  # noqa: PLC0415  (as above)

    def completed(_logger: Any, _level: str, fields: Any) -> Any:
        if request := lines.request_id.get():
            fields["request"] = request
        if "exception" in fields:
            fields["exception"] = without_secrets(fields["exception"])
        return fields

    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[structlog.stdlib.add_logger_name],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            completed,
            _line,
        ],
    )


_encode = json.JSONEncoder(separators=(",", ":"), default=str, ensure_ascii=False).encode


def _line(_logger: Any, level: str, fields: Any) -> str:
    """One processor in place of four, since it is in the way of every request; what every line has comes first."""
    at = datetime.now(UTC).isoformat()
    return _encode({"at": f"{at[:-6]}Z", "level": level, "event": fields.pop("event"), **fields})
