"""What the report says of how a study went."""

import json
from pathlib import Path

import pandas as pd
import pytest

from analysis.facts import BadProtocol, Facts, Protocol, facts, read_protocol
from analysis.study_votes import studies_of
from tests.analysis.votes_files import frame_of, vote


def facts_of(rows: pd.DataFrame) -> Facts:
    ((votes, of_study),) = studies_of(rows)
    return facts(votes, of_study)


def two_trials(path: Path) -> pd.DataFrame:
    """One trial with both criteria, one with one; the second by another worker, two days later."""
    return frame_of(
        path,
        vote(),
        vote(criterion="quality"),
        vote(worker="w2", answered_at="2024-05-03T00:30:00+02:00", seconds="20.5"),
    )


def test_counts_what_was_voted_on(tmp_path: Path) -> None:
    found = facts_of(two_trials(tmp_path / "votes.csv"))
    assert (found.votes, found.trials, found.comparisons, found.prompts, found.images, found.workers) == (3, 2, 1, 1, 2, 2)


def test_votes_of_a_comparison_are_counted_on_each_criterion(tmp_path: Path) -> None:
    assert facts_of(two_trials(tmp_path / "votes.csv")).votes_per_comparison == (1, 1.5, 2)


def test_days_and_moments_are_utc(tmp_path: Path) -> None:
    found = facts_of(two_trials(tmp_path / "votes.csv"))
    assert found.votes_by_day == (("2024-05-01", 2), ("2024-05-02", 1))
    assert (found.first_vote, found.last_vote) == ("2024-05-01T10:30:00+00:00", "2024-05-02T22:30:00+00:00")


def test_seconds_are_the_median_of_trials_not_of_votes(tmp_path: Path) -> None:
    assert facts_of(two_trials(tmp_path / "votes.csv")).median_seconds == 16.5  # of 12.5 and 20.5


def test_an_image_in_two_comparisons_counts_once(tmp_path: Path) -> None:
    rows = frame_of(tmp_path / "votes.csv", vote(shown="a|b", choice="a"), vote(worker="w2", shown="c|a", choice="a"))
    assert facts_of(rows).images == 3


def test_excluded_votes_are_counted_apart(tmp_path: Path) -> None:
    rows = frame_of(tmp_path / "votes.csv", vote(excluded=""), vote(excluded="too fast", worker="w2"))
    found = facts_of(rows)
    assert (found.votes, found.workers, found.all_votes, found.all_workers) == (1, 1, 2, 2)


def test_a_study_without_a_vote_that_counts(tmp_path: Path) -> None:
    found = facts_of(frame_of(tmp_path / "votes.csv", vote(excluded="too fast")))
    assert (found.votes, found.images, found.votes_by_day) == (0, 0, ())
    assert (found.first_vote, found.median_seconds, found.votes_per_comparison) == (None, None, None)


def test_sessions_and_channels_where_the_file_names_them(tmp_path: Path) -> None:
    rows = two_trials(tmp_path / "votes.csv").assign(
        session=pd.Categorical(["1", "1", "2"]), channel=pd.Categorical(["mturk", "mturk", "local"])
    )
    assert (facts_of(rows).sessions, facts_of(rows).channels) == (2, ("local", "mturk"))
    without = facts_of(rows.drop(columns=["session", "channel"]))
    assert (without.sessions, without.channels) == (None, ())


def test_reads_what_was_stated_and_leaves_the_rest_open(tmp_path: Path) -> None:
    path = tmp_path / "protocol.json"
    path.write_text(json.dumps({"pay": " 0.20 USD a trial ", "consent": None, "image_drops": {"SD": 3, "SD+DNP": 0}}))
    assert read_protocol(path) == Protocol(pay="0.20 USD a trial", image_drops=(("SD", 3), ("SD+DNP", 0)))


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("{", "is not JSON"),
        ("[]", "must be an object"),
        ('{"payment": "1"}', "“payment” is no key"),
        ('{"pay": 0.2}', "“pay” must be a text"),
        ('{"pay": " "}', "“pay” must be a text"),
        ('{"image_drops": {"SD": true}}', "“image_drops” must be"),
        ('{"image_drops": {"SD": -1}}', "“image_drops” must be"),
        ('{"image_drops": [3]}', "“image_drops” must be"),
    ],
)
def test_a_bad_protocol_is_refused_with_its_key(tmp_path: Path, text: str, names: str) -> None:
    path = tmp_path / "protocol.json"
    path.write_text(text)
    with pytest.raises(BadProtocol, match=names):
        read_protocol(path)


def test_bytes_that_are_not_utf_8_are_no_protocol(tmp_path: Path) -> None:
    path = tmp_path / "protocol.json"
    path.write_bytes(b'{"pay": "\xff"}')
    with pytest.raises(BadProtocol, match="UTF-8"):
        read_protocol(path)
