"""Long answers in pages."""

import base64
import binascii
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from studies.channels.mturk.emulator.errors import request_error

Item = TypeVar("Item")
BY_DEFAULT = 10  # MaxResults


def page_of(items: Sequence[Item], request: dict[str, Any], key: str, wire: Callable[[Item], Any]) -> dict[str, Any]:
    """The page that a request asks for, under that key, with the token for the next. Raises Refused for a strange token."""
    start = _start(request.get("NextToken"), key)
    end = start + request.get("MaxResults", BY_DEFAULT)
    shown = [wire(item) for item in items[start:end]]
    answer: dict[str, Any] = {"NumResults": len(shown), key: shown}
    if end < len(items):
        answer["NextToken"] = base64.urlsafe_b64encode(f"{key}:{end}".encode()).decode()
    return answer


def _start(token: str | None, key: str) -> int:
    if token is None:
        return 0
    try:
        of, _, start = base64.urlsafe_b64decode(token).decode("ascii").partition(":")
    except (binascii.Error, UnicodeDecodeError):
        of, start = "", ""
    if of != key or not start.isdecimal():
        raise request_error("InvalidNextToken", "The NextToken is none that this operation gave.")
    return int(start)
