"""Log lines: what each of them says, in either form, and the filters that make it ready to be said."""

import logging
import re
from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest
from pythonjsonlogger.json import JsonFormatter

from evalsite.logs.addresses import address_of
from generation import log_ids

QUOTED = re.compile(r"^(LINE \d+|DETAIL): .*$", re.MULTILINE)


class Ids(logging.Filter):
    """Notes on each record what it is about, in the thread that logs it."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.ids = dict(log_ids.current())
        return True


class Addresses(logging.Filter):
    """Takes the path out of what Django says of a request, and puts its address without ids there.

    A personal link is a path: whoever reads it in a log could come as its worker.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        request = getattr(record, "request", None)
        if isinstance(request, HttpRequest) and isinstance(record.args, tuple):
            path = request.path.encode("unicode_escape").decode("ascii")  # as Django logs it
            record.args = tuple(address_of(request) if arg in (path, request.path) else arg for arg in record.args)
        return True


class Text(logging.Formatter):
    """A line for people: time, level, logger, ids, message; a traceback follows."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s%(about)s: %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802
        record.about = "".join(f" {name}={value}" for name, value in _ids(record).items())
        return super().formatMessage(record)

    def formatException(self, ei: Any) -> str:  # noqa: N802
        return _without_rows(super().formatException(ei))

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: N802, ARG002
        return _time(record)


class Json(JsonFormatter):
    """A line for machines: one JSON object, of what is named here and nothing else that a library put on its records."""

    def formatException(self, ei: Any) -> str:  # noqa: N802
        return _without_rows(str(super().formatException(ei)))

    def add_fields(self, log_data: dict[str, Any], record: logging.LogRecord, message_dict: dict[str, Any]) -> None:
        log_data.update(time=_time(record), level=record.levelname, logger=record.name, message=record.message)
        log_data.update(getattr(record, "fields", {}))
        log_data.update(_ids(record))
        if "exc_info" in message_dict:
            log_data["exception"] = message_dict["exc_info"]


def _without_rows(traceback: str) -> str:
    """Leave out what PostgreSQL quotes of statements and rows: tokens, pseudonyms and hashes of workers stand in them."""
    return QUOTED.sub(r"\1: …", traceback)


def _time(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _ids(record: logging.LogRecord) -> dict[str, str]:
    ids: dict[str, str] = getattr(record, "ids", {})
    return ids
