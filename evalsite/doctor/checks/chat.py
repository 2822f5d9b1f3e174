"""The chat endpoint: whether it answers and knows the key and the model. Nothing is asked that costs."""

from collections.abc import Iterator
from typing import Any

import httpx
from django.conf import settings

from evalsite.doctor.findings import WARNING, WRONG, Fault, Finding, well

UNREACHABLE = Fault(
    code="chat-unreachable",
    level=WRONG,
    cause="Negatives and captions of a chat model are not to be had; their images wait.",
    cure="Start the endpoint, and check EVALSITE_CHAT_URL and this machine's way to the network.",
)
KEY_REFUSED = Fault(
    code="chat-key-refused",
    level=WRONG,
    cause="The endpoint does not take the key, so every question fails.",
    cure="Set EVALSITE_CHAT_KEY to a key that was not withdrawn, for the workers too.",
)
TROUBLED = Fault(
    code="chat-troubled",
    level=WARNING,
    cause="The endpoint answers, but not as it should.",
    cure="Look at the endpoint's log, or its provider's page of incidents; questions are tried again.",
)
NO_MODEL = Fault(
    code="chat-model-unknown",
    level=WARNING,
    cause="The endpoint does not list the model that new conditions get.",
    cure="Set EVALSITE_CHAT_MODEL to one that it lists.",
)

PATIENCE = 10.0  # seconds
NO_LIST = (404, 405, 501)  # of endpoints that answer questions and do not list models


def check() -> Iterator[Finding]:
    if not settings.CHAT_URL:
        yield well("No chat endpoint is set.")
        return
    yield from findings(settings.CHAT_URL, settings.CHAT_KEY, settings.CHAT_MODEL)


def findings(url: str, key: str, model: str) -> Iterator[Finding]:
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    try:
        response = httpx.get(f"{url}/models", headers=headers, timeout=PATIENCE)
    except httpx.TransportError as error:
        yield UNREACHABLE.found(f"The chat endpoint {url} does not answer ({str(error) or type(error).__name__}).")
        return
    yield judged(url, response, model)


def judged(url: str, response: httpx.Response, model: str) -> Finding:
    """What an endpoint's answer to the question for its models means."""
    if response.status_code in (401, 403):
        return KEY_REFUSED.found(f"The chat endpoint {url} refuses the key ({response.status_code}).")
    if response.status_code in NO_LIST:
        return well(f"The chat endpoint {url} answers; it lists no models.")
    if not response.is_success:
        return TROUBLED.found(f"The chat endpoint {url} answers {response.status_code}.")
    if model and (there := _models(response)) and model not in there:
        return NO_MODEL.found(f"The chat endpoint {url} does not list {model}.")
    return well(f"The chat endpoint {url} answers.")


def _models(response: httpx.Response) -> set[str]:
    """The names of OpenAI's list, {"data": [{"id": …}]}; none of anything else."""
    try:
        listed: Any = response.json()["data"]
        return {str(each["id"]) for each in listed}
    except (ValueError, KeyError, TypeError):
        return set()
