"""Texts that a language model gives for prompts, see generation.chat."""

from collections.abc import Sequence

from generation.chat import ChatFailed, OverBudget, ask
from generation.lease import Lease
from generation.making.waiting import keeping
from generation.models import NegativeText
from generation.storing import Failed, Told, said


def make(texts: Sequence[NegativeText], lease: Lease) -> list[Told | Failed]:
    """Ask for each of these texts; what prevents an answer becomes its reason. Raises only LeaseLost."""
    return [_asked(text, lease) for text in texts]


def _asked(text: NegativeText, lease: Lease) -> Told | Failed:
    lease.keep()
    try:
        answer = ask(text.source["model"], text.source["request"], text.prompt.text, wait=keeping(lease.keep))
    except (ChatFailed, OverBudget) as error:
        return Failed(text, said(error))
    return Told(text, answer.text, {"model": text.source["model"], "chat_answer": answer.pk}, answer.reason)
