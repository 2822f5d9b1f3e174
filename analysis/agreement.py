"""How far workers agree: Krippendorff's alpha, Gwet's AC1 and Fleiss' kappa, with a bootstrap over comparisons."""

from dataclasses import dataclass

from analysis.study_votes import StudyVotes


@dataclass(frozen=True)
class Agreement:
    """On one criterion, over all prompt sets or in one; None where fewer than two votes meet anywhere."""

    criterion: str
    prompt_set: str | None
    comparisons: int
    alpha: float | None
    low: float | None
    high: float | None
    ac1: float | None
    ac1_low: float | None
    ac1_high: float | None
    fleiss: float | None
    fleiss_low: float | None
    fleiss_high: float | None


def agreement(votes: StudyVotes, resamples: int, seed: int, level: float = 0.95) -> tuple[Agreement, ...]:
    """Per criterion over all prompt sets (prompt_set None), then per criterion and prompt set."""
    raise NotImplementedError
