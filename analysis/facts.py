"""The protocol facts that reporting guidelines ask for (Otani et al., CVPR 2023)."""

from dataclasses import dataclass

import pandas as pd

from analysis.study_votes import StudyVotes


@dataclass(frozen=True)
class Protocol:
    """What no votes file says; None where it was not stated."""

    recruitment: str | None = None
    selection: str | None = None
    pay: str | None = None
    instructions: str | None = None
    consent: str | None = None
    image_drops: tuple[tuple[str, int], ...] | None = None  # condition, images flagged as NSFW


@dataclass(frozen=True)
class Facts:
    """What the votes file says of how the study went."""

    votes: int
    trials: int
    comparisons: int
    workers: int
    sessions: int | None
    channels: tuple[str, ...]
    first_vote: str
    last_vote: str
    median_seconds: float
    votes_per_comparison: tuple[int, float, int]  # fewest, mean, most; per criterion pooled
    votes_by_day: tuple[tuple[str, int], ...]
    rehearsal: bool
    unscreened: str


def facts(votes: StudyVotes, rows: pd.DataFrame) -> Facts:
    raise NotImplementedError
