"""The sentences of an abstract: preferred how many times more, and in how many votes it matches or beats."""

from dataclasses import dataclass

from analysis.outcomes import Outcomes
from analysis.study_votes import FloatArray, StudyVotes


@dataclass(frozen=True)
class Headline:
    """Of the first condition of the pair against the second; ratio and per cent, None where undefined."""

    pair: tuple[str, str]
    criterion: str
    prompt_set: str
    ratio: float | None  # votes for the one by votes for the other, where both were shown
    ratio_low: float | None
    ratio_high: float | None
    matches_or_beats: float | None  # per cent: wins + ties of the votes where both were shown
    matches_or_beats_low: float | None
    matches_or_beats_high: float | None


def headlines(votes: StudyVotes, outcomes: Outcomes, resampled: FloatArray, level: float = 0.95) -> tuple[Headline, ...]:
    raise NotImplementedError
