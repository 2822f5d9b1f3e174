"""What was excluded, and how the shares would be with it."""

from dataclasses import dataclass

import pandas as pd

from analysis.study_votes import StudyVotes


@dataclass(frozen=True)
class Excluded:
    """Votes that are in the data and in no share, and why."""

    reason: str
    votes: int
    workers: int


@dataclass(frozen=True)
class Effect:
    """A share as it is and as it would be with the excluded votes, in per cent."""

    prompt_set: str
    method: str
    criterion: str
    percent: float | None
    percent_with_excluded: float | None


def excluded(rows: pd.DataFrame) -> tuple[Excluded, ...]:
    raise NotImplementedError


def effects(votes: StudyVotes, rows: pd.DataFrame) -> tuple[Effect, ...]:
    """Empty where nothing was excluded."""
    raise NotImplementedError
