"""The votes of a study by the channel that their workers came from: shares on each, and whether the channels agree."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from analysis.channel_differences import ChannelDifference, largest_differences
from analysis.channel_labels import SEVERAL, Labels, labels_of
from analysis.channel_tests import ChannelTest, channel_tests
from analysis.inference import ShareInterval, share_intervals
from analysis.study_votes import StudyVotes, counts


@dataclass(frozen=True)
class ChannelShare:
    """One option's share on one channel and criterion, over all prompt sets, in per cent; None where nobody voted."""

    channel: str
    criterion: str
    method: str
    votes: int
    total: int
    percent: float | None
    low: float | None
    high: float | None
    comparisons: int  # prompts and seeds
    workers: int
    warning: str  # "" where there are enough of both


@dataclass(frozen=True)
class Channels:
    """All empty where the votes that count name fewer than two channels."""

    shares: tuple[ChannelShare, ...] = ()
    tests: tuple[ChannelTest, ...] = ()
    differences: tuple[ChannelDifference, ...] = ()  # the largest of each criterion


def channels(votes: StudyVotes, rows: pd.DataFrame, resamples: int, seed: int) -> Channels:
    """votes: those that count. rows: all of the study in a frame made by `read_votes`, excluded ones too.

    resamples, seed: of the permutations of the test; see docs/statistics.md.
    """
    labels = labels_of(rows[counts(rows)])
    if len(labels.names) < SEVERAL:
        return Channels()
    return Channels(
        shares=channel_shares(votes, labels),
        tests=channel_tests(votes, labels, resamples, seed),
        differences=largest_differences(votes, labels),
    )


def channel_shares(votes: StudyVotes, labels: Labels) -> tuple[ChannelShare, ...]:
    """Every option's share on every criterion and channel, two-way clustered as the study's own shares are."""
    everywhere = replace(votes, prompt_sets=("",), prompt_set=np.zeros(len(votes), np.int64))
    found = [
        _of_channel(name, share)
        for code, name in enumerate(labels.names)
        for share in share_intervals(everywhere.only(labels.channel == code))
    ]
    return tuple(sorted(found, key=lambda each: votes.criteria.index(each.criterion)))


def _of_channel(name: str, share: ShareInterval) -> ChannelShare:
    return ChannelShare(
        channel=name,
        criterion=share.criterion,
        method=share.method,
        votes=share.votes,
        total=share.total,
        percent=share.percent,
        low=share.low,
        high=share.high,
        comparisons=share.comparisons,
        workers=share.workers,
        warning=share.warning,
    )
