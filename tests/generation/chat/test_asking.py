"""Asking the stand-in; nobody really waits."""

import itertools
import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import connection
from django.utils import timezone

from generation.bundled.render import render
from generation.bundled.world import Entity, Placed, Scene
from generation.chat import ChatFailed, OverBudget, ask, describe_image
from generation.chat.asking import MOST_ATTEMPTS
from generation.chat.questions import of_text
from generation.chat_stand_in import BROKEN, EMPTY, LIMITED, MODEL, REFUSAL, SLOW, opposite
from generation.models.chat_answers import LONGEST_PAUSE_SECONDS, ChatAnswer
from generation.negatives import OPPOSITE_REQUEST
from generation.storing import encode
from tests.generation.chat.conftest import Answering

pytestmark = pytest.mark.django_db
PROMPT = "a red circle and a blue star"


class Waited(list[float]):
    """How long was waited, without waiting."""

    def __call__(self, seconds: float) -> None:
        self.append(seconds)


@pytest.fixture
def waited() -> Waited:
    return Waited()


def question(settings: LazySettings) -> dict[str, Any]:
    """The fields of the row of the question about PROMPT."""
    asked = of_text(settings.CHAT_URL, MODEL, settings.CHAT_MAX_TOKENS, OPPOSITE_REQUEST, PROMPT)
    return {"request_sha256": asked.sha256, "url": asked.url, "model": asked.model, "request": asked.kept}


def test_an_answer_is_kept_and_never_asked_for_again(answering: Answering, waited: Waited) -> None:
    stand_in = answering()
    answer = ask(MODEL, OPPOSITE_REQUEST, PROMPT, wait=waited)
    assert answer.text == opposite(PROMPT)
    assert (answer.attempts, answer.reason, answer.asked) == (1, "", f"{OPPOSITE_REQUEST}\n\n{PROMPT}")
    assert ask(MODEL, OPPOSITE_REQUEST, PROMPT, wait=waited).pk == answer.pk
    assert len(stand_in.asked) == ChatAnswer.objects.count() == 1
    assert stand_in.idempotency_keys == [answer.request_sha256]


def test_an_image_is_described_and_kept_as_its_digest(answering: Answering, waited: Waited) -> None:
    stand_in = answering()
    picture = encode(render(Scene((Placed(Entity("star", "blue"), 32, 32, 14),))))
    answer = describe_image(MODEL, picture, wait=waited)
    assert answer.text == "a blue star"
    assert "base64" in str(stand_in.asked)
    assert "base64" not in str(ChatAnswer.objects.values())


def test_faults_that_pass_are_waited_out_twice_as_long_each_time(answering: Answering, waited: Waited) -> None:
    stand_in = answering([BROKEN, BROKEN, BROKEN])
    answer = ask(MODEL, OPPOSITE_REQUEST, PROMPT, wait=waited)
    assert (answer.text, answer.attempts) == (opposite(PROMPT), 4)
    assert set(stand_in.idempotency_keys) == {answer.request_sha256}
    for pause, longest in zip(waited[1::2], (1, 2, 4), strict=True):
        assert longest / 2 <= pause <= longest


def test_an_endpoint_that_asks_to_be_left_alone_is(
    answering: Answering, waited: Waited, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("generation.chat_stand_in.RETRY_AFTER_SECONDS", 30)
    answering([LIMITED])
    ask(MODEL, OPPOSITE_REQUEST, PROMPT, wait=waited)
    assert waited[1] == 30


def test_an_endpoint_that_asks_for_longer_than_a_worker_waits_is_asked_another_day(
    answering: Answering, waited: Waited, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("generation.chat_stand_in.RETRY_AFTER_SECONDS", LONGEST_PAUSE_SECONDS + 1)
    stand_in = answering([LIMITED])
    with pytest.raises(ChatFailed, match="left alone for 121 seconds"):
        ask(MODEL, OPPOSITE_REQUEST, PROMPT, wait=waited)
    assert "left alone" in ChatAnswer.objects.get().reason
    assert ask(MODEL, OPPOSITE_REQUEST, PROMPT, wait=waited).attempts == len(stand_in.asked) == 2


def test_an_endpoint_that_keeps_failing_is_given_up_and_can_be_asked_again(answering: Answering, waited: Waited) -> None:
    answering([BROKEN] * MOST_ATTEMPTS)
    with pytest.raises(ChatFailed, match=f"{MOST_ATTEMPTS} attempts failed, .*answered 500: The server had an error"):
        ask(MODEL, OPPOSITE_REQUEST, PROMPT, wait=waited)
    failed = ChatAnswer.objects.get()
    assert (failed.is_answered, failed.lease_until, failed.attempts) == (False, None, MOST_ATTEMPTS)
    answer = ask(MODEL, OPPOSITE_REQUEST, PROMPT, wait=waited)
    assert (answer.text, answer.reason) == (opposite(PROMPT), "")


def test_an_endpoint_that_does_not_answer_in_time_is_asked_again(
    answering: Answering, waited: Waited, settings: LazySettings
) -> None:
    settings.CHAT_TIMEOUT_SECONDS = 0.1
    stand_in = answering([SLOW])
    assert ask(MODEL, OPPOSITE_REQUEST, PROMPT, wait=waited).text == opposite(PROMPT)
    assert len(stand_in.asked) == 2


@pytest.mark.parametrize(("fault", "reason"), [(REFUSAL, "refused"), (EMPTY, "empty")])
def test_a_refusal_is_an_answer_with_a_reason_and_is_not_asked_for_again(
    answering: Answering, waited: Waited, fault: str, reason: str
) -> None:
    stand_in = answering([fault])
    answer = ask(MODEL, OPPOSITE_REQUEST, PROMPT, wait=waited)
    assert (answer.is_answered, answer.text, reason in answer.reason) == (True, "", True)
    assert ask(MODEL, OPPOSITE_REQUEST, PROMPT, wait=waited).text == ""
    assert len(stand_in.asked) == 1


def test_an_unknown_model_and_a_wrong_key_say_which_variable(
    answering: Answering, waited: Waited, settings: LazySettings
) -> None:
    answering()
    with pytest.raises(ChatFailed, match="EVALSITE_CHAT_MODEL"):
        ask("gpt-3.5-turbo-0613", OPPOSITE_REQUEST, PROMPT, wait=waited)
    settings.CHAT_KEY = "sk-wrong"
    with pytest.raises(ChatFailed, match="EVALSITE_CHAT_KEY"):
        ask(MODEL, OPPOSITE_REQUEST, PROMPT, wait=waited)


@pytest.mark.parametrize(("url", "model", "variable"), [("", MODEL, "URL"), ("http://127.0.0.1:1", "", "MODEL")])
def test_without_an_endpoint_or_a_model_nothing_is_asked(settings: LazySettings, url: str, model: str, variable: str) -> None:
    settings.CHAT_URL = url
    with pytest.raises(ChatFailed, match=f"set EVALSITE_CHAT_{variable}"):
        ask(model, OPPOSITE_REQUEST, PROMPT)
    assert not ChatAnswer.objects.exists()


def test_the_key_is_in_no_row_and_no_log(
    answering: Answering, waited: Waited, settings: LazySettings, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    answering([BROKEN])
    ask(MODEL, OPPOSITE_REQUEST, PROMPT, wait=waited)
    settings.CHAT_KEY = "sk-wrong-key"
    with pytest.raises(ChatFailed) as raised:
        ask(MODEL, OPPOSITE_REQUEST, "a red ring", wait=waited)
    told = f"{list(ChatAnswer.objects.values())} {caplog.text} {raised.value!r} {raised.value.__context__!r}"
    assert "Incorrect API key provided: Bearer …" in told
    assert "sk-geheim" not in told
    assert "sk-wrong" not in told


def test_turns_are_apart_as_the_limit_says(answering: Answering, waited: Waited, settings: LazySettings) -> None:
    settings.CHAT_PER_MINUTE = 6
    answering()
    for prompt in ("a red ring", "a red star", "a red heart"):
        ask(MODEL, OPPOSITE_REQUEST, prompt, wait=waited)
    assert waited == [pytest.approx(10 * number, abs=5) for number in range(3)]
    first, second, third = (at for at in ChatAnswer.objects.values_list("asked_at", flat=True) if at)
    assert second - first == third - second == timedelta(seconds=10)


def test_what_answers_cost_is_told_by_model(answering: Answering, waited: Waited, settings: LazySettings) -> None:
    """The stand-in counts words; they cost 2.50 and 10 a million."""
    settings.CHAT_PRICES = {MODEL: (Decimal("2.50"), Decimal(10))}
    answering()
    answer = ask(MODEL, OPPOSITE_REQUEST, PROMPT, wait=waited)
    words = (len(f"{OPPOSITE_REQUEST} {PROMPT}".split()), len(answer.text.split()))
    assert (answer.prompt_tokens, answer.completion_tokens) == words
    assert answer.cost == (words[0] * Decimal("2.50") + words[1] * 10) / 1_000_000
    settings.CHAT_PRICES = {}
    ask(MODEL, OPPOSITE_REQUEST, "a red ring", wait=waited)
    (total,) = ChatAnswer.objects.costs()
    assert (total["answers"], total["unpriced"], total["spent"]) == (2, 1, answer.cost)


def test_nothing_is_asked_over_the_budget(answering: Answering, waited: Waited, settings: LazySettings) -> None:
    stand_in = answering()
    settings.CHAT_BUDGET = Decimal(100)
    with pytest.raises(OverBudget, match=f"EVALSITE_CHAT_PRICES has no prices of {MODEL}"):
        ask(MODEL, OPPOSITE_REQUEST, PROMPT, wait=waited)
    settings.CHAT_PRICES = {MODEL: (Decimal(1_000_000), Decimal(0))}
    ask(MODEL, OPPOSITE_REQUEST, PROMPT, wait=waited)
    settings.CHAT_BUDGET = ChatAnswer.objects.spent()
    with pytest.raises(OverBudget, match=r"of EVALSITE_CHAT_BUDGET = .* are spent"):
        ask(MODEL, OPPOSITE_REQUEST, "a red ring", wait=waited)
    assert len(stand_in.asked) == 1


def test_a_question_that_another_process_asks_is_waited_for(answering: Answering, settings: LazySettings) -> None:
    stand_in = answering()
    row = ChatAnswer.objects.create(**question(settings))
    assert row.claim("another", timezone.now())

    def answered_meanwhile(_seconds: float) -> None:
        row.save_answer(timezone.now(), text="fog", reason="", prompt_tokens=1, completion_tokens=1)

    assert ask(MODEL, OPPOSITE_REQUEST, PROMPT, wait=answered_meanwhile).text == "fog"
    assert stand_in.asked == []


def test_a_question_whose_asker_died_is_asked_again_under_the_same_key(
    answering: Answering, waited: Waited, settings: LazySettings
) -> None:
    stand_in = answering()
    row = ChatAnswer.objects.create(**question(settings))
    row.claim("dead", timezone.now() - timedelta(days=1))
    answer = ask(MODEL, OPPOSITE_REQUEST, PROMPT, wait=waited)
    assert (answer.pk, answer.text) == (row.pk, opposite(PROMPT))
    assert stand_in.idempotency_keys == [row.request_sha256]


def test_a_question_taken_over_during_a_pause_is_left_to_whoever_took_it(answering: Answering) -> None:
    stand_in = answering([BROKEN])

    def taken_over(_seconds: float) -> None:
        if stand_in.asked:
            ChatAnswer.objects.update(holder="another")
            ChatAnswer.objects.get().save_answer(timezone.now(), text="fog", reason="", prompt_tokens=1, completion_tokens=1)

    assert ask(MODEL, OPPOSITE_REQUEST, PROMPT, wait=taken_over).text == "fog"
    assert len(stand_in.asked) == 1


def test_the_first_answer_stays() -> None:
    row = ChatAnswer.objects.create(request_sha256="0", model=MODEL, request={})
    for text in ("fog", "mist"):
        row.save_answer(timezone.now(), text=text, reason="", prompt_tokens=None, completion_tokens=None)
    row.refresh_from_db()
    assert (row.text, row.cost) == ("fog", None)


@pytest.mark.django_db(transaction=True)
def test_many_at_once_ask_one_question_once(answering: Answering) -> None:
    stand_in = answering([BROKEN])
    answers, moment = list[str](), threading.Event()

    def work() -> None:
        answers.append(ask(MODEL, OPPOSITE_REQUEST, PROMPT, wait=lambda _seconds: moment.wait(0.01)).text)
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [opposite(PROMPT)] * 6
    assert len(stand_in.asked) == 2


@pytest.mark.django_db(transaction=True)
def test_many_at_once_keep_their_turns_apart(answering: Answering) -> None:
    """At the default of 60 a minute, a second apart, however many ask."""
    answering()

    def work(number: int) -> None:
        ask(MODEL, OPPOSITE_REQUEST, f"prompt {number}", wait=lambda _seconds: None)
        connection.close()

    with ThreadPoolExecutor(max_workers=6) as pool:
        list(pool.map(work, range(6)))
    turns = [at for at in ChatAnswer.objects.order_by("asked_at").values_list("asked_at", flat=True) if at]
    assert all(later - earlier >= timedelta(seconds=1) for earlier, later in itertools.pairwise(turns))
    assert len(turns) == 6
