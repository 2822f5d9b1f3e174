"""A conditional logit with terms for conditions, no clear winner, positions and prompt sets; cluster-robust."""

from dataclasses import dataclass

from analysis.study_votes import StudyVotes


@dataclass(frozen=True)
class Term:
    """One coefficient, in logits."""

    criterion: str
    term: str
    estimate: float | None
    standard_error: float | None
    low: float | None
    high: float | None
    p: float | None


def choice_model(votes: StudyVotes, level: float = 0.95) -> tuple[Term, ...]:
    raise NotImplementedError
