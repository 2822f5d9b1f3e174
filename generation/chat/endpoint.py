"""One call of a chat endpoint: POST {url}/chat/completions, and what its answer means.

The key is sent in one header and is in nothing else: no message, no log, no row.
"""

import email.utils
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx

from generation.trusted import trusted

PATH = "/chat/completions"
PASSING = {408, 409, 425, 429}  # and 5xx: worth another attempt
SPENT = "insufficient_quota"  # a 429 that does not pass
FILTERED = "content_filter"
FILTERS = (FILTERED, "content_policy_violation")  # codes of errors that are refusals
LONGEST_QUOTE = 300  # characters of an endpoint's own words in a message


class ChatFailed(RuntimeError):
    """The chat endpoint gave no answer; the sentence says what to do."""


class Passing(Exception):
    """A fault that may have passed by the next attempt; seconds: how long the endpoint asks to be left alone."""

    def __init__(self, sentence: str, seconds: float = 0.0) -> None:
        super().__init__(sentence)
        self.seconds = seconds


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What the model said, on one line. reason: why that is nothing, or not all; tokens are None where it does not say."""

    text: str
    reason: str = ""
    prompt_tokens: int | None = None
    completion_tokens: int | None = None


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """Where to ask, with which key (it is not shown), and how many seconds to wait for an answer."""

    url: str
    key: str
    timeout: float

    def __repr__(self) -> str:
        return f"Endpoint({self.url})"

    def post(self, body: Mapping[str, Any], idempotency_key: str) -> Reply:
        """Ask once. A question that is asked again carries the same idempotency key. Raises Passing and ChatFailed."""
        headers = {"Idempotency-Key": idempotency_key}
        if self.key:
            headers["Authorization"] = f"Bearer {self.key}"
        try:
            response = httpx.post(f"{self.url}{PATH}", json=body, headers=headers, timeout=self.timeout, verify=trusted())
        except httpx.TimeoutException:
            raise Passing(f"{self.url} did not answer within {self.timeout:g} seconds") from None
        except httpx.TransportError as error:
            raise Passing(f"{self.url} cannot be reached ({self._quote(str(error))})") from None
        return self._reply(response)

    def _reply(self, response: httpx.Response) -> Reply:
        if response.is_success:
            return _read(_json(response), self.url)
        code, words = _fault(response)
        said = f"{self.url} answered {response.status_code}{words and f': {self._quote(words)}'}"
        if code in FILTERS:
            return Reply(text="", reason=f"Refused by the endpoint's filter: {self._quote(words)}")
        if code != SPENT and (response.status_code in PASSING or response.is_server_error):
            raise Passing(said, _seconds(response.headers.get("retry-after", "")))
        raise ChatFailed(f"{said}. {_advice(response.status_code, code)}")

    def _quote(self, words: str) -> str:
        """An endpoint's own words without the key, which some repeat."""
        return (words.replace(self.key, "…") if self.key else words)[:LONGEST_QUOTE]


def _advice(status: int, code: str) -> str:
    if code == SPENT:
        return "The account has no credit left: pay at the endpoint, or set EVALSITE_CHAT_URL and EVALSITE_CHAT_KEY to others."
    if status in (401, 403):
        return "Set EVALSITE_CHAT_KEY to a key that this endpoint accepts for the model."
    if status == 404:
        return (
            "Check EVALSITE_CHAT_URL, which ends before /chat/completions (often in /v1), and the model: that of the "
            "condition's negative source, else EVALSITE_CHAT_MODEL."
        )
    if 300 <= status < 400:
        return "Set EVALSITE_CHAT_URL to the address itself: a key is not sent on to another."
    return "The model does not take this request: choose another model, or see EVALSITE_CHAT_MAX_TOKENS."


def _json(response: httpx.Response) -> Any:
    """The answer's JSON, or None if it is none."""
    try:
        return response.json()
    except (json.JSONDecodeError, UnicodeDecodeError):
        return None


def _fault(response: httpx.Response) -> tuple[str, str]:
    """The code and the words of an error, empty where it has none. Servers differ: {"error": {…}}, {"error": "…"}, text."""
    payload = _json(response)
    error = payload.get("error", payload) if isinstance(payload, dict) else payload
    if isinstance(error, dict):
        return str(error.get("code") or ""), str(error.get("message") or "")
    return "", " ".join(error.split()) if isinstance(error, str) else ""


def _seconds(retry_after: str) -> float:
    """How long a Retry-After header asks to wait: it is a number of seconds, or a date. 0 for none, or for one that is past."""
    if retry_after.strip().isdecimal():
        return float(retry_after)
    try:
        date = email.utils.parsedate_to_datetime(retry_after)
    except ValueError:
        return 0.0
    return max(0.0, (date.replace(tzinfo=date.tzinfo or UTC) - datetime.now(UTC)).total_seconds())


def _read(payload: Any, url: str) -> Reply:
    """A completion as a reply. Raises ChatFailed for what is none."""
    try:
        choice = payload["choices"][0]
        message, finish = choice["message"], choice.get("finish_reason")
        text, refusal = _text(message.get("content")), message.get("refusal")
        tokens = payload.get("usage") or {}
    except (KeyError, IndexError, TypeError, AttributeError):
        raise ChatFailed(
            f"{url} does not answer as a chat endpoint does. Check EVALSITE_CHAT_URL (often it ends in /v1)."
        ) from None
    refused = finish == FILTERED or bool(refusal)
    return Reply(
        text="" if refused else text,
        reason=_reason(text, finish, refusal),
        prompt_tokens=_whole(tokens.get("prompt_tokens")),
        completion_tokens=_whole(tokens.get("completion_tokens")),
    )


def _whole(tokens: Any) -> int | None:
    return tokens if isinstance(tokens, int) else None


def _text(content: Any) -> str:
    """The words of a message's content on one line: it is a text, a list of parts, or null."""
    parts = content if isinstance(content, list) else [{"text": content or ""}]
    return " ".join(" ".join(part.get("text", "") for part in parts).split())


def _reason(text: str, finish: str | None, refusal: str | None) -> str:
    if refusal:
        return f"The model refused: {refusal}"[:LONGEST_QUOTE]
    if finish == FILTERED:
        return "The endpoint's content filter took the answer back."
    if finish == "length":
        return "The answer was cut off at its most tokens; see EVALSITE_CHAT_MAX_TOKENS."
    return "" if text else "The answer was empty."
