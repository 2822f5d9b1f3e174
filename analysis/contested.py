"""The comparisons on which workers agree least and most."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import entr

from analysis.study_votes import BoolArray, IntArray, StudyVotes, counts
from analysis.tally import TIE

ENOUGH = 3  # votes that a comparison needs to be ranked, where any has as many
DIGITS = 12  # of an entropy that do not depend on the order of its terms

Found = tuple["Contested", ...]


@dataclass(frozen=True)
class Contested:
    """One comparison on one criterion; entropy of its votes, in bits."""

    criterion: str
    prompt_set: str
    prompt: str
    seed: int
    shown: tuple[str, ...]  # in the table's order, as in votes
    votes: tuple[tuple[str, int], ...]  # what could be chosen, and how often it was
    entropy: float


def contested(votes: StudyVotes, rows: pd.DataFrame, most: int = 6) -> tuple[Found, Found]:
    """The most and the least contested of each criterion, at most so many of each, and none in both.

    votes: those of the rows that count. Comparisons with fewer than three votes are left out, unless none has as many. Equal
    entropies come in order of votes, the most first, and then of prompt set, prompt, seed and conditions.
    """
    asked = rows.loc[counts(rows), ["prompt", "seed"]]
    both = [
        _extremes(list(_candidates(votes, asked["prompt"], asked["seed"].to_numpy(), code, most)), most)
        for code in range(len(votes.criteria))
    ]
    return tuple(each for highest, _ in both for each in highest), tuple(each for _, lowest in both for each in lowest)


def _extremes(candidates: list[Contested], most: int) -> tuple[list[Contested], list[Contested]]:
    """candidates: all that could be among the highest or the lowest."""
    falling = sorted(candidates, key=lambda each: (-each.entropy, _rank(each)))
    highest = falling[: min(most, (len(candidates) + 1) // 2)]
    rising = sorted(falling[len(highest) :], key=lambda each: (each.entropy, _rank(each)))
    return highest, rising[:most]


def _rank(contested: Contested) -> tuple[int, str, str, int, tuple[str, ...]]:
    number = sum(votes for _, votes in contested.votes)
    return -number, contested.prompt_set, contested.prompt, contested.seed, contested.shown


def _candidates(votes: StudyVotes, prompt: "pd.Series[str]", seed: IntArray, criterion: int, most: int) -> Iterator[Contested]:
    """The comparisons with the highest and the lowest entropies, and those that equal them.

    prompt, seed: of each vote, shape (votes,).
    """
    chosen, a_vote = _ranked(votes, votes.criterion == criterion)
    entropy = np.round(entr(chosen / chosen.sum(axis=1, keepdims=True)).sum(axis=1) / np.log(2), DIGITS)
    rising = np.sort(entropy)
    for place in np.flatnonzero((entropy <= rising[:most].max(initial=0)) | (entropy >= rising[-most:].min(initial=np.inf))):
        row = a_vote[place]
        could = np.flatnonzero(votes.could[votes.together[row]])
        yield Contested(
            criterion=votes.criteria[criterion],
            prompt_set=votes.prompt_sets[votes.prompt_set[row]],
            prompt=str(prompt.iat[row]),
            seed=int(seed[row]),
            shown=tuple(votes.options[option] for option in could if option != TIE),
            votes=tuple((votes.options[option], int(chosen[place, option])) for option in could),
            entropy=float(entropy[place]),
        )


def _ranked(votes: StudyVotes, here: BoolArray) -> tuple[IntArray, IntArray]:
    """Of each comparison with enough votes here, the votes of each option (comparisons, options), and one of these votes."""
    options, number = len(votes.options), int(votes.comparison.max(initial=-1)) + 1
    cell = votes.comparison[here] * options + votes.option[here]
    chosen = np.bincount(cell, minlength=number * options).reshape(number, options)
    a_vote = np.zeros(number, np.int64)
    a_vote[votes.comparison[here]] = np.flatnonzero(here)
    totals = chosen.sum(axis=1)
    ranked = totals >= max(min(ENOUGH, totals.max(initial=0)), 1)
    return chosen[ranked], a_vote[ranked]
