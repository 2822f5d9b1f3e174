"""What votes can come to, and how many came to it: all that shares, differences, ratios and worths are computed from.

An outcome is an option chosen out of a set of conditions shown together. Where all conditions are always shown there is one
outcome for each option; where pairs are shown there are three for each pair.
"""

from dataclasses import dataclass

import numpy as np

from analysis.study_votes import BoolArray, FloatArray, IntArray, StudyVotes


@dataclass(frozen=True, eq=False)
class Outcomes:
    """The outcomes of a study: for each the set shown and the option chosen, shape (outcomes,).

    could: which options a vote on each set can go to, shape (sets, options).
    """

    together: IntArray
    option: IntArray
    could: BoolArray


def outcomes_of(votes: StudyVotes) -> Outcomes:
    """Every outcome that a vote of the study can come to, set by set."""
    together, option = np.nonzero(votes.could)
    return Outcomes(together, option, votes.could)


def outcome_of_each_vote(votes: StudyVotes, outcomes: Outcomes) -> IntArray:
    """The outcome of each vote, shape (votes,)."""
    code = np.full(outcomes.could.shape, -1, np.int64)
    code[outcomes.together, outcomes.option] = range(len(outcomes.option))
    return code[votes.together, votes.option]


def counts_of(votes: StudyVotes, outcomes: Outcomes) -> FloatArray:
    """How many votes came to each outcome, shape (prompt sets, criteria, outcomes)."""
    shape = (len(votes.prompt_sets), len(votes.criteria), *outcomes.could.shape)
    cell = np.ravel_multi_index((votes.prompt_set, votes.criterion, votes.together, votes.option), shape)
    counts = np.bincount(cell, minlength=int(np.prod(shape))).reshape(shape)
    return counts[:, :, outcomes.together, outcomes.option].astype(np.float64)


def votes_and_totals(counts: FloatArray, outcomes: Outcomes) -> tuple[FloatArray, FloatArray]:
    """The votes of each option, and of how many votes that could have been its own; both of shape (…, options).

    counts: shape (…, outcomes).
    """
    options = np.arange(outcomes.could.shape[1])
    chosen = outcomes.option[:, None] == options
    return counts @ chosen.astype(counts.dtype), counts @ outcomes.could[outcomes.together].astype(counts.dtype)


def shares_of(counts: FloatArray, outcomes: Outcomes) -> FloatArray:
    """The share of each option of the votes that could have been its own, 0 to 1, NaN where there are none; (…, options)."""
    votes, totals = votes_and_totals(counts, outcomes)
    return np.divide(votes, totals, out=np.full_like(totals, np.nan), where=totals > 0)
