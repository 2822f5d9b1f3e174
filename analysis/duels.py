"""Win, tie and loss of each condition against each other."""

from dataclasses import dataclass

from analysis.outcomes import Outcomes
from analysis.study_votes import FloatArray, StudyVotes


@dataclass(frozen=True)
class Duel:
    """Votes where both conditions of the pair were shown: for the first, for neither's favour, for the second, for another."""

    pair: tuple[str, str]
    criterion: str
    prompt_set: str
    wins: int
    ties: int
    losses: int
    others: int


def duels(votes: StudyVotes, outcomes: Outcomes, counts: FloatArray) -> tuple[Duel, ...]:
    raise NotImplementedError
