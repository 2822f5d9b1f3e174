"""The comparisons on which workers agree least and most."""

from dataclasses import dataclass

import pandas as pd

from analysis.study_votes import StudyVotes


@dataclass(frozen=True)
class Contested:
    """One comparison on one criterion; entropy of its votes, in bits."""

    criterion: str
    prompt_set: str
    prompt: str
    seed: int
    shown: tuple[str, ...]
    votes: tuple[tuple[str, int], ...]  # option and votes, by the table's order
    entropy: float


def contested(votes: StudyVotes, rows: pd.DataFrame, most: int = 6) -> tuple[tuple[Contested, ...], tuple[Contested, ...]]:
    """The most and the least contested of each criterion, at most so many of each."""
    raise NotImplementedError
