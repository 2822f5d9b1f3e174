"""Where votes came from, and which channels can be compared: those that more than one worker came from."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.study_votes import BoolArray, IntArray, StudyVotes, joined

UNNAMED = -1  # the channel of a vote for which the file names none
FEWEST_WORKERS = 2  # of a channel: that of one worker cannot be told from the worker
SEVERAL = 2  # channels that can agree or not


@dataclass(frozen=True, eq=False)
class Labels:
    """The channels of a study in alphabetical order, and which each vote came from; shape (votes,), codes or UNNAMED."""

    names: tuple[str, ...]
    channel: IntArray

    def only(self, rows: BoolArray) -> "Labels":
        """The labels of some of the votes; rows has shape (votes,)."""
        return Labels(self.names, self.channel[rows])


@dataclass(frozen=True, eq=False)
class Compared:
    """Votes of workers who came from one channel each, on channels with two such workers or more.

    channel: of each vote, shape (votes,), codes of names. worker: of each vote, codes from 0 of those compared, by their names.
    label: the channel of each of these workers, shape (workers,). left_out: which votes are not among them, "" if all are.
    """

    votes: StudyVotes
    names: tuple[str, ...]
    channel: IntArray
    worker: IntArray
    label: IntArray
    left_out: str

    @property
    def workers(self) -> IntArray:
        """How many workers of each channel, shape (channels,)."""
        return np.bincount(self.label, minlength=len(self.names))


def labels_of(rows: pd.DataFrame) -> Labels:
    """Of the rows of a frame made by `read_votes`; a frame without the column names no channel."""
    if "channel" not in rows:
        return Labels((), np.full(len(rows), UNNAMED, np.int64))
    names = tuple(sorted(str(name) for name in rows["channel"].unique() if str(name).strip()))
    return Labels(names, rows["channel"].cat.set_categories(list(names)).cat.codes.to_numpy().astype(np.int64))


def compared(votes: StudyVotes, labels: Labels) -> Compared:
    """What can be compared of some votes of a study. A worker of two channels is neither's, so is not compared."""
    named = labels.channel != UNNAMED
    own = _own_channel(votes.worker[named], labels.channel[named], len(votes.workers))
    workers = np.bincount(own[own != UNNAMED], minlength=len(labels.names))
    codes = np.flatnonzero(workers >= FEWEST_WORKERS)
    kept = named & np.isin(own[votes.worker], codes)
    place = np.unique(votes.worker[kept], return_inverse=True)
    return Compared(
        votes=votes.only(kept),
        names=tuple(labels.names[code] for code in codes),
        channel=np.searchsorted(codes, labels.channel[kept]),
        worker=place[1],
        label=np.searchsorted(codes, own[place[0]]),
        left_out="; ".join(_left_out(votes, labels, own, workers)),
    )


def shared_comparisons(of: Compared) -> int:
    """How many comparisons have votes of two channels or more."""
    seen = np.unique(np.stack([of.votes.comparison, of.channel]), axis=1)
    return int(np.count_nonzero(np.bincount(seen[0]) >= SEVERAL))


def _own_channel(worker: IntArray, channel: IntArray, workers: int) -> IntArray:
    """The one channel of each worker, shape (workers,); UNNAMED for whoever has none or several."""
    least, most = np.full(workers, np.iinfo(np.int64).max), np.full(workers, UNNAMED)
    np.minimum.at(least, worker, channel)
    np.maximum.at(most, worker, channel)
    return np.where(least == most, most, UNNAMED)


def _left_out(votes: StudyVotes, labels: Labels, own: IntArray, workers: IntArray) -> list[str]:
    """What is not compared, and why."""
    unnamed = int((labels.channel == UNNAMED).sum())
    several = int(joined(votes.worker[(labels.channel != UNNAMED) & (own[votes.worker] == UNNAMED)]).max(initial=-1)) + 1
    seen = np.bincount(labels.channel[labels.channel != UNNAMED], minlength=len(labels.names)) > 0
    alone = [
        f"{name} ({_people(int(number))})"
        for name, number, there in zip(labels.names, workers, seen, strict=True)
        if there and number < FEWEST_WORKERS
    ]
    said = [
        (unnamed, f"votes that name no channel are left out ({unnamed:,})"),
        (several, f"workers of several channels are left out ({several:,})"),
        (len(alone), f"left out, as a channel of one worker cannot be told from the worker: {', '.join(alone)}"),
    ]
    return [sentence for number, sentence in said if number]


def _people(number: int) -> str:
    return "1 worker" if number == 1 else f"{number} workers of its own"
