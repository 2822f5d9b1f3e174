"""Asking: every question once, in its turn, again after faults that pass, never twice at the same time."""

import dataclasses
import logging
import os
import random
import socket
import time
import uuid
from collections.abc import Callable
from typing import TypeAlias

from django.conf import settings
from django.utils import timezone

from generation.chat.endpoint import ChatFailed, Endpoint, Passing
from generation.chat.questions import DESCRIPTION_REQUEST, Question, of_image, of_text
from generation.models.chat_answers import LONGEST_PAUSE_SECONDS, ChatAnswer

MOST_ATTEMPTS = 6
FIRST_PAUSE_SECONDS = 1.0
POLL_SECONDS = 1.0
logger = logging.getLogger(__name__)

Wait: TypeAlias = Callable[[float], object]  # wait so many seconds, as time.sleep does


def ask(model: str, request: str, prompt: str, *, wait: Wait = time.sleep) -> ChatAnswer:
    """The model's answer to a request about a prompt, asked now unless it has answered before.

    The answer's text is empty where the model refused or said nothing; its reason says so. wait: what passes the time until
    a turn, after a fault, or while another process asks the same; a worker renews its lease in it.
    Not within a transaction: the row must be there for others before the question is asked.
    Raises ChatFailed and OverBudget.
    """
    _require_configured(model)
    return _answer(of_text(settings.CHAT_URL, model, settings.CHAT_MAX_TOKENS, request, prompt), wait)


def describe_image(model: str, png: bytes, request: str = DESCRIPTION_REQUEST, *, wait: Wait = time.sleep) -> ChatAnswer:
    """What the vision-language model sees in an image, a PNG file; otherwise as ask. Raises ChatFailed and OverBudget."""
    _require_configured(model)
    return _answer(of_image(settings.CHAT_URL, model, settings.CHAT_MAX_TOKENS, request, png), wait)


def _require_configured(model: str) -> None:
    if not settings.CHAT_URL:
        raise ChatFailed("There is no chat endpoint: set EVALSITE_CHAT_URL, for instance to https://api.openai.com/v1.")
    if not model:
        raise ChatFailed("There is no model to ask: name one in the condition's negative source, or set EVALSITE_CHAT_MODEL.")


def _answer(question: Question, wait: Wait) -> ChatAnswer:
    answer = _row(question)
    holder = f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:12]}"
    while not answer.is_answered:
        if answer.claim(holder, timezone.now()):
            _ask(answer, question, holder, wait)
        else:
            wait(POLL_SECONDS)
        answer.refresh_from_db()
    return answer


def _row(question: Question) -> ChatAnswer:
    own = {"url": question.url, "model": question.model, "request": question.kept}
    return ChatAnswer.objects.get_or_create(request_sha256=question.sha256, defaults=own)[0]


def _ask(answer: ChatAnswer, question: Question, holder: str, wait: Wait) -> None:
    """Ask until there is an answer, or the question is another's; on any error, leave the question free with the reason."""
    try:
        _attempts(answer, question, holder, wait)
    except BaseException as error:
        answer.give_up(holder, str(error))
        raise


def _attempts(answer: ChatAnswer, question: Question, holder: str, wait: Wait) -> None:
    for attempt in range(1, MOST_ATTEMPTS + 1):
        fault = _attempt(answer, question, holder, wait)
        if fault is None:
            return
        logger.warning("Question %d, attempt %d: %s", answer.pk, attempt, fault)
        if attempt < MOST_ATTEMPTS:
            wait(_pause(fault, attempt))
    raise ChatFailed(f"{MOST_ATTEMPTS} attempts failed, the last because {fault}. Ask again later; check EVALSITE_CHAT_URL.")


def _attempt(answer: ChatAnswer, question: Question, holder: str, wait: Wait) -> Passing | None:
    """Ask once, in turn: None if there is no more to ask, else the fault that may pass. Raises ChatFailed and OverBudget."""
    turn = answer.take_turn(holder, timezone.now())
    if turn is None:
        return None
    wait(max(0.0, (turn - timezone.now()).total_seconds()))
    endpoint = Endpoint(url=question.url, key=settings.CHAT_KEY, timeout=settings.CHAT_TIMEOUT_SECONDS)
    try:
        reply = endpoint.post(question.sent, question.sha256)
    except Passing as fault:
        return fault
    answer.save_answer(timezone.now(), **dataclasses.asdict(reply))
    return None


def _pause(fault: Passing, attempt: int) -> float:
    """Seconds until the next attempt: twice as long each time, anywhere in the upper half, and as long as the endpoint asks.

    Raises ChatFailed if it asks for longer than a worker waits.
    """
    if fault.seconds > LONGEST_PAUSE_SECONDS:
        raise ChatFailed(f"{fault}, and asks to be left alone for {fault.seconds:.0f} seconds. Ask again after that.")
    pause: float = FIRST_PAUSE_SECONDS * 2 ** (attempt - 1) * random.uniform(0.5, 1)
    return max(pause, fault.seconds)
