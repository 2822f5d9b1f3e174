"""How fast workers vote, and where the images that they choose stand; by worker, shape (workers,), NaN where undefined."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.study_votes import NOWHERE, FloatArray, IntArray, StudyVotes


@dataclass(frozen=True, eq=False)
class Positions:
    """Per cent: Image 1 of the votes for an image; of all votes, the position chosen most often, and no clear winner."""

    first: FloatArray
    same: FloatArray
    ties: FloatArray


def median_seconds(votes: StudyVotes, seconds: FloatArray) -> FloatArray:
    """The median of a worker's trials; seconds of each vote, shape (votes,). A trial takes as long as its longest answer."""
    trials = pd.DataFrame({"worker": votes.worker, "trial": votes.trial, "seconds": seconds})
    longest = trials.groupby(["worker", "trial"], sort=False)["seconds"].max()
    return longest.groupby("worker").median().reindex(range(len(votes.workers))).to_numpy()


def positions(votes: StudyVotes) -> Positions:
    """Where chosen images stand."""
    places = max(map(len, votes.orders)) + 1  # the first is that of no clear winner
    at = np.bincount(votes.worker * places + votes.position - NOWHERE, minlength=len(votes.workers) * places)
    at = at.reshape(len(votes.workers), places)
    ties, chosen = at[:, 0], at[:, 1:]
    return Positions(
        first=_percent(chosen[:, 0], chosen.sum(axis=1)),
        same=_percent(chosen.max(axis=1), at.sum(axis=1)),
        ties=_percent(ties, at.sum(axis=1)),
    )


def longest_runs(votes: StudyVotes, moment: npt.NDArray[np.datetime64]) -> IntArray:
    """How many answers to one criterion in a row went to the same position, at most; shape (workers,).

    moment: when each vote was given, shape (votes,); votes of one moment are ordered by their positions. No clear winner ends a
    run and begins none.
    """
    asked = votes.worker * len(votes.criteria) + votes.criterion
    order = np.lexsort((votes.position, moment, asked))
    asked, position = asked[order], votes.position[order]
    begins = np.flatnonzero(np.diff(asked, prepend=-1) | np.diff(position, prepend=NOWHERE))
    lengths = np.diff(begins, append=len(order)) * (position[begins] != NOWHERE)
    longest = np.zeros(len(votes.workers), np.int64)
    np.maximum.at(longest, asked[begins] // len(votes.criteria), lengths)
    return longest


def _percent(part: IntArray, whole: IntArray) -> FloatArray:
    share: FloatArray = np.divide(part, whole, out=np.full(part.shape, np.nan), where=whole > 0)
    return 100 * share
