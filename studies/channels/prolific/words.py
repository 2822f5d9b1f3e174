"""What Prolific says when it says no, on one line, and what to do about it."""

import email.utils
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import httpx

ADVICE = {
    401: "Set EVALSITE_PROLIFIC_TOKEN to an API token of your account that was not deleted.",
    403: "Ask whoever runs your workspace on Prolific for the right to do this.",
    404: "Check that the study was not deleted on Prolific, and that EVALSITE_PROLIFIC_TOKEN is a token of the same account.",
}


def advice(status: int) -> str:
    """What to do about an answer of that status; empty where Prolific's own words say it."""
    if 300 <= status < 400:
        return "Set EVALSITE_PROLIFIC_URL to the address itself: a token is not sent on to another."
    return ADVICE.get(status, "")


def words_of(response: httpx.Response) -> str:
    """Prolific's own sentence: {"error": {"title", "detail"}}, where the detail is a text, a list, or lists by field."""
    try:
        payload = response.json()
    except ValueError:
        return ""
    error = payload.get("error", payload) if isinstance(payload, dict) else payload
    if isinstance(error, dict):
        error = error.get("detail") or error.get("title") or ""
    return " ".join(" ".join(_flat(error)).split())


def _flat(detail: Any) -> Iterator[str]:
    if isinstance(detail, dict):
        for name, part in detail.items():
            yield f"{name}: {' '.join(_flat(part))}"
    elif isinstance(detail, list):
        for part in detail:
            yield from _flat(part)
    elif detail is not None:
        yield str(detail)


def seconds_to_wait(retry_after: str) -> float:
    """How long a Retry-After header asks to wait: it is a number of seconds, or a date. 0 for none, or for one that is past."""
    if retry_after.strip().isdecimal():
        return float(retry_after)
    try:
        date = email.utils.parsedate_to_datetime(retry_after)
    except ValueError:
        return 0.0
    return max(0.0, (date.replace(tzinfo=date.tzinfo or UTC) - datetime.now(UTC)).total_seconds())
