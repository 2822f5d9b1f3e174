"""Intervals and tests for shares and their differences, clustered by comparison and by worker."""

from dataclasses import dataclass

from analysis.study_votes import StudyVotes


@dataclass(frozen=True)
class ShareInterval:
    """One option's share in one prompt set and criterion, in per cent, unrounded; None where nobody voted."""

    prompt_set: str
    method: str
    criterion: str
    votes: int
    total: int
    percent: float | None
    low: float | None
    high: float | None
    comparisons: int
    workers: int
    warning: str  # "" where the clusters are enough


@dataclass(frozen=True)
class Difference:
    """Share of the first condition of the pair minus that of the second, in points; None where it is undefined."""

    pair: tuple[str, str]
    criterion: str
    prompt_set: str
    estimate: float | None
    low: float | None
    high: float | None
    p: float | None
    p_adjusted: float | None  # Holm, over condition pair × criterion × prompt set
    binomial_p: float | None  # exact, votes for the one or the other, ties dropped, as if independent
    sign_p: float | None  # exact, comparisons with more votes for the one or the other
    comparisons: int
    workers: int
    warning: str


def share_intervals(votes: StudyVotes, level: float = 0.95) -> tuple[ShareInterval, ...]:
    raise NotImplementedError


def differences(votes: StudyVotes, level: float = 0.95) -> tuple[Difference, ...]:
    raise NotImplementedError
