"""A Parquet file of votes reads as the same votes in CSV do."""

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from analysis.faults import BadVotesFile
from analysis.votes import read_votes
from tests.analysis.votes_files import GOOD_VOTE, frame_of, vote

NOON = datetime(2024, 5, 1, 12, 0, tzinfo=UTC)
FIRST, OTHER = {"gold": "SD", "note": "x"}, {"gold": "", "note": ""}
VOTES = [vote(**FIRST), vote(worker="w2", **OTHER), vote(criterion="quality", seconds="3", **OTHER)]


def write(path: Path, votes: list[dict[str, Any]], **types: pa.DataType) -> Path:
    """A Parquet file of votes that all have the same columns, of the types that their values have, or these."""
    columns = {name: pa.array([each[name] for each in votes], types.get(name)) for name in votes[0]}
    pq.write_table(pa.table(columns), path)
    return path


def faults_of(path: Path) -> list[str]:
    with pytest.raises(BadVotesFile) as refused:
        read_votes(path)
    return [str(fault) for fault in refused.value.faults]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "votes.parquet"


def test_texts_read_as_in_csv_and_rows_are_counted_from_one(path: Path, tmp_path: Path) -> None:
    frame = read_votes(write(path, VOTES))
    assert frame.index.tolist() == [1, 2, 3]
    assert frame.index.name == "row"
    pd.testing.assert_frame_equal(frame.reset_index(drop=True), frame_of(tmp_path / "v.csv", *VOTES).reset_index(drop=True))


def test_typed_columns_read_as_their_texts(path: Path, tmp_path: Path) -> None:
    moment = NOON.astimezone(timezone(timedelta(hours=2)))
    typed = [{**vote(), "seed": -7, "seconds": 12.5, "answered_at": moment, "rehearsal": True, "trial": 3, "note": 1}]
    written = vote(seed="-7", seconds="12.5", answered_at="2024-05-01T12:00:00Z", rehearsal="true", trial="3", note="1")
    frame = read_votes(write(path, typed))
    pd.testing.assert_frame_equal(frame.reset_index(drop=True), frame_of(tmp_path / "v.csv", written).reset_index(drop=True))


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_moments_without_offset_are_utc(path: Path, unit: str) -> None:
    frame = read_votes(write(path, [{**vote(), "answered_at": NOON.replace(tzinfo=None)}], answered_at=pa.timestamp(unit)))
    assert frame["answered_at"].item() == NOON


def test_categories_read_as_their_texts_in_the_order_of_the_rows(path: Path) -> None:
    votes = pd.DataFrame([vote(worker="w2"), vote(worker="w1")]).astype("category")
    votes.to_parquet(path, index=False)
    assert read_votes(path)["worker"].cat.categories.tolist() == ["w2", "w1"]


def test_null_is_blank(path: Path) -> None:
    frame = read_votes(write(path, [{**vote(), "subset": None, "excluded": "", "note": None}]))
    assert frame[["subset", "excluded", "note"]].iloc[0].tolist() == ["", "", ""]
    assert faults_of(write(path, [vote(), {**vote(), "worker": None}])) == ["row 2: worker is empty"]


def test_the_columns_may_come_in_any_order(path: Path) -> None:
    assert len(read_votes(write(path, [dict(reversed(GOOD_VOTE.items()))]))) == 1


def test_a_file_is_known_by_its_content_not_by_its_name(tmp_path: Path) -> None:
    assert len(read_votes(write(tmp_path / "votes.csv", [vote()]))) == 1
    assert len(frame_of(tmp_path / "votes.parquet", vote())) == 1


def test_faults_are_told_by_row(path: Path) -> None:
    votes = [{**vote(), "seconds": 1.0}, {**vote(worker="w2"), "seconds": -1.0}, {**vote(), "seconds": 1.0}]
    second, third = faults_of(write(path, votes))
    assert second == "row 2: seconds “-1” is not a number from 0, like 12.5"
    assert third.startswith("row 3: row 1 answers “correctness” in the same trial already")


def test_the_message_says_how_rows_are_counted(path: Path) -> None:
    with pytest.raises(BadVotesFile, match="Correct these rows \\(counted from 1, the first vote\\)"):
        read_votes(write(path, [vote(seed="x")]))


def test_the_file_as_a_whole_may_be_at_fault(path: Path) -> None:
    votes = [{**vote(), "shown": ["SD", "SD+DNP"], "Gold": ""}]
    del votes[0]["seed"]
    assert faults_of(write(path, votes)) == [
        "the column shown holds list<element: string>; write it as texts",
        "the column “Gold” would be ignored; write gold, or name it quite differently",
        "these columns are missing: seed; the file needs " + ",".join(GOOD_VOTE),
    ]


def test_a_file_without_votes_is_refused(path: Path) -> None:
    pq.write_table(pa.table({name: pa.array([], pa.string()) for name in GOOD_VOTE}), path)
    assert faults_of(path) == ["there is no vote below the names of the columns"]


def test_a_broken_file_is_refused(path: Path) -> None:
    path.write_bytes(write(path, [vote()]).read_bytes()[:-9])
    (fault,) = faults_of(path)
    assert fault.startswith("this Parquet file cannot be read")


def test_other_columns_of_lists_are_left_out(path: Path) -> None:
    assert "clicks" not in read_votes(write(path, [{**vote(), "clicks": [1, 2]}]))
