"""Who came from which channel."""

from pathlib import Path

import numpy as np
import pandas as pd

from analysis.channel_labels import UNNAMED, compared, labels_of, shared_comparisons
from tests.analysis.channels_made import by_channel
from tests.analysis.votes_files import frame_of, vote

FOUR = (("mturk", "a", "p", "A"), ("mturk", "b", "p", "B"), ("panel", "c", "p", "A"), ("panel", "d", "q", "B"))


def test_channels_come_by_name_and_blank_ones_are_none(tmp_path: Path) -> None:
    rows = frame_of(tmp_path / "votes.csv", *[vote(worker=f"w{n}", channel=name) for n, name in enumerate(["p", "", "m", "p"])])
    labels = labels_of(rows)
    assert labels.names == ("m", "p")
    assert labels.channel.tolist() == [1, UNNAMED, 0, 1]


def test_a_frame_without_the_column_names_no_channel(tmp_path: Path) -> None:
    labels = labels_of(pd.DataFrame(frame_of(tmp_path / "votes.csv", vote())).drop(columns="channel"))
    assert (labels.names, labels.channel.tolist()) == ((), [UNNAMED])


def test_all_are_compared_where_each_worker_has_one_channel() -> None:
    found = compared(*by_channel(FOUR))
    assert (len(found.votes), found.names, found.left_out) == (4, ("mturk", "panel"), "")
    assert (found.workers.tolist(), found.label.tolist(), found.worker.tolist()) == ([2, 2], [0, 0, 1, 1], [0, 1, 2, 3])


def test_comparisons_of_two_channels_are_shared() -> None:
    assert shared_comparisons(compared(*by_channel(FOUR))) == 1


def test_a_channel_of_one_worker_is_left_out() -> None:
    found = compared(*by_channel([*FOUR, ("local", "me", "p", "A"), ("local", "me", "q", "A")]))
    assert (found.names, len(found.votes)) == (("mturk", "panel"), 4)
    assert found.left_out == "left out, as a channel of one worker cannot be told from the worker: local (1 worker)"


def test_a_worker_of_two_channels_is_neithers() -> None:
    found = compared(*by_channel([*FOUR, ("mturk", "both", "p", "A"), ("panel", "both", "q", "A")]))
    assert (len(found.votes), found.workers.tolist()) == (4, [2, 2])
    assert found.left_out == "workers of several channels are left out (1)"


def test_votes_that_name_no_channel_are_left_out_and_counted() -> None:
    found = compared(*by_channel([*FOUR, ("", "e", "p", "A"), ("", "a", "q", "A")]))  # a has votes with the channel, too
    assert len(found.votes) == 4
    assert found.left_out == "votes that name no channel are left out (2)"


def test_nothing_can_be_compared_without_votes() -> None:
    votes, labels = by_channel(FOUR)
    none = np.zeros(4, np.bool_)
    found = compared(votes.only(none), labels.only(none))
    assert (found.names, len(found.votes), found.left_out, shared_comparisons(found)) == ((), 0, "", 0)
