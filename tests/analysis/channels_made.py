"""Votes by channel for tests: listed one by one, or drawn."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from analysis.channel_labels import UNNAMED, Labels
from analysis.study_votes import IntArray, StudyVotes
from tests.analysis.study_votes_made import study_votes

Given = tuple[str, str, str, str]  # channel ("" for none), worker, prompt, choice


@dataclass(frozen=True, eq=False)
class Drawn:
    """option, comparison, worker: of each vote. label: the channel of each worker."""

    option: IntArray
    comparison: IntArray
    worker: IntArray
    label: IntArray


def by_channel(given: Iterable[Given], shown: str = "A|B", criterion: str = "quality") -> tuple[StudyVotes, Labels]:
    """Votes on one criterion, with their channels."""
    rows = list(given)
    votes = study_votes([("set", prompt, 0, worker, criterion, shown, choice) for _, worker, prompt, choice in rows])
    names = tuple(sorted({row[0] for row in rows} - {""}))
    return votes, Labels(names, np.array([names.index(row[0]) if row[0] else UNNAMED for row in rows], np.int64))


def drawn(
    rng: np.random.Generator,
    workers: tuple[int, ...],
    votes_each: tuple[float, ...],
    *,
    comparisons: int = 20,
    apart: int = 0,
    shift: float = 0.0,
) -> Drawn:
    """Workers of unlike taste who give unlike numbers of votes, so many on average on each channel, with three options.

    comparisons: that each channel sees; those of the next channel begin `apart` further on. shift: how much more the last
    channel likes the first option, in logits.
    """
    label = np.repeat(np.arange(len(workers)), workers)
    liked = rng.normal(0, 1, (comparisons + apart * len(workers), 3))
    votes = []
    for worker, channel in enumerate(label):
        taste = rng.normal(0, 0.7, 3) + np.array([shift * (channel == len(workers) - 1), 0, 0])
        number = min(comparisons, int(rng.geometric(1 / votes_each[channel])))
        for comparison in rng.choice(comparisons, number, replace=False) + apart * channel:
            option = int(np.argmax(liked[comparison] + taste + rng.gumbel(size=3)))
            votes.append((option, comparison, worker))
    option, comparison, worker = np.array(votes, np.int64).T
    return Drawn(option, np.unique(comparison, return_inverse=True)[1], worker, label)
