"""What a worker is told after a practice trial."""

from dataclasses import dataclass

from studies.models import Trial
from studies.pages.design import design_of
from studies.pages.vote_form import NO_CLEAR_WINNER_POSITION, label_of


@dataclass(frozen=True)
class WrongAnswer:
    """A question that was answered otherwise than expected, and the answer that was."""

    question: str
    expected: str


@dataclass(frozen=True)
class Feedback:
    """What was wrong in a practice trial; nothing if all was right."""

    wrong: tuple[WrongAnswer, ...]


def feedback(trial: Trial) -> Feedback | None:
    """How the answers to a practice trial compare with the expected one; None if nothing was expected."""
    judged = [criterion for criterion in design_of(trial.session.study).criteria if criterion.has_gold_answer]
    if trial.expected is None or not judged:
        return None
    chosen = dict(trial.votes.values_list("criterion", "condition"))
    wrong = [criterion for criterion in judged if _position(trial, chosen[criterion.pk]) != trial.expected]
    return Feedback(tuple(WrongAnswer(criterion.question, label_of(trial.expected)) for criterion in wrong))


def _position(trial: Trial, condition: int | None) -> int:
    """Where a condition was shown, from 1."""
    return NO_CLEAR_WINNER_POSITION if condition is None else trial.shown.index(condition) + 1
