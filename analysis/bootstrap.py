"""The pigeonhole bootstrap: comparisons and workers drawn anew, each by itself."""

from analysis.outcomes import Outcomes
from analysis.study_votes import FloatArray, StudyVotes


def resampled_counts(votes: StudyVotes, outcomes: Outcomes, resamples: int, seed: int) -> FloatArray:
    """Counts of outcomes in each resample, shape (resamples, prompt sets, criteria, outcomes)."""
    raise NotImplementedError
