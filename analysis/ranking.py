"""Worths of conditions: Davidson's model of ties, half-tie and ties dropped, over pairs and over votes on more than two."""

from dataclasses import dataclass

from analysis.outcomes import Outcomes
from analysis.study_votes import FloatArray, StudyVotes

MODELS = ("davidson", "half_tie", "no_ties")


@dataclass(frozen=True)
class Worth:
    """Of one condition on one criterion over all prompt sets; the worths of a model sum to 1. None where undefined."""

    criterion: str
    model: str
    condition: str
    worth: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class TieParameter:
    criterion: str
    value: float | None


@dataclass(frozen=True)
class Better:
    """How probable it is that the first condition of the pair has the greater worth: its share of resamples."""

    criterion: str
    model: str
    pair: tuple[str, str]
    probability: float | None


@dataclass(frozen=True)
class Ranking:
    worths: tuple[Worth, ...]
    tie_parameters: tuple[TieParameter, ...]
    better: tuple[Better, ...]
    warnings: tuple[str, ...]


def ranking(votes: StudyVotes, outcomes: Outcomes, resampled: FloatArray, level: float = 0.95) -> Ranking:
    raise NotImplementedError
