"""Win, tie and loss of each condition against each other."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from analysis.outcomes import Outcomes
from analysis.study_votes import BoolArray, FloatArray, StudyVotes
from analysis.tally import TIE


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
    """Of every two conditions that were ever shown together, on each criterion in each prompt set, those without votes too.

    counts: as `counts_of` gives them, shape (prompt sets, criteria, outcomes).
    """
    return tuple(
        Duel((votes.conditions[a], votes.conditions[b]), criterion, name, *map(int, results[prompt_set, number]))
        for a, b in met(outcomes)
        for results in [results_of(counts, outcomes, a, b)]
        for prompt_set, name in enumerate(votes.prompt_sets)
        for number, criterion in enumerate(votes.criteria)
    )


def met(outcomes: Outcomes) -> Iterator[tuple[int, int]]:
    """The codes of every two conditions that some comparison shows together, the lower first."""
    for a, b in combinations(range(outcomes.could.shape[1] - 1), 2):
        if shows_both(outcomes, a, b).any():
            yield a, b


def shows_both(outcomes: Outcomes, a: int, b: int) -> BoolArray:
    """Which sets show both conditions, by their codes; shape (sets,)."""
    both: BoolArray = outcomes.could[:, a + 1] & outcomes.could[:, b + 1]
    return both


def results_of(counts: FloatArray, outcomes: Outcomes, a: int, b: int) -> FloatArray:
    """Votes for a, for no clear winner, for b, and for another condition where both were shown; shape (…, 4).

    counts: shape (…, outcomes). a, b: codes of conditions.
    """
    both = shows_both(outcomes, a, b)[outcomes.together]
    option = outcomes.option[both]
    to = np.stack([option == a + 1, option == TIE, option == b + 1], axis=1)
    to = np.column_stack([to, ~to.any(axis=1)])
    results: FloatArray = counts[..., both] @ to.astype(np.float64)
    return results
