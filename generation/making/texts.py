"""Texts that a language model gives for prompts, see generation.chat."""

from collections.abc import Sequence

from generation.chat import ChatFailed, OverBudget, ask
from generation.making.waiting import keeping
from generation.models import NegativeText
from generation.sampler import OnStep
from generation.storing import Failed, Told, said


def make(texts: Sequence[NegativeText], on_step: OnStep) -> list[Told | Failed]:
    """Ask for each of these texts; what prevents an answer becomes its reason. Raises only the LeaseLost of on_step."""
    return [_asked(text, on_step) for text in texts]


def _asked(text: NegativeText, on_step: OnStep) -> Told | Failed:
    on_step()
    try:
        answer = ask(text.source["model"], text.source["request"], text.prompt.text, wait=keeping(on_step))
    except (ChatFailed, OverBudget) as error:
        return Failed(text, said(error))
    return Told(text, answer.text, {"model": text.source["model"], "chat_answer": answer.pk}, answer.reason)
