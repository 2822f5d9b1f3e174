"""What a good file becomes."""

from pathlib import Path

import pytest

from analysis.votes import read_votes
from tests.analysis.votes_files import GOOD_VOTE, HEADER, frame_of, vote


def test_each_vote_keeps_the_line_it_came_from(tmp_path: Path) -> None:
    frame = frame_of(tmp_path / "v.csv", vote(prompt="two\nlines"), vote(worker="w2"))
    assert frame.index.tolist() == [2, 4]


def test_numbers_and_moments_are_read_as_such(tmp_path: Path) -> None:
    frame = frame_of(tmp_path / "v.csv", vote(seed="-3", seconds="1e2", answered_at="2024-05-01T12:30:00+02:00"))
    assert (frame["seed"].item(), frame["seconds"].item()) == (-3, 100.0)
    assert frame["answered_at"].item().isoformat() == "2024-05-01T10:30:00+00:00"


@pytest.mark.parametrize("written", ["2024-05-01 10:30:00", "20240501T103000Z", "2024-05-01T10:30:00.000000Z"])
def test_moments_without_offset_are_utc(tmp_path: Path, written: str) -> None:
    frame = frame_of(tmp_path / "v.csv", vote(answered_at="2024-05-01T10:30:00Z"), vote(worker="w2", answered_at=written))
    assert frame["answered_at"].nunique() == 1


def test_without_a_trial_column_the_worker_and_the_pair_make_the_trial(tmp_path: Path) -> None:
    votes = [vote(), vote(criterion="quality"), vote(seed="8"), vote(worker="w2"), vote(prompt="b"), vote(prompt_set="B")]
    assert frame_of(tmp_path / "v.csv", *votes)["trial"].tolist() == [0, 0, 1, 2, 3, 4]


def test_absent_optional_columns_read_as_screened_votes_of_people(tmp_path: Path) -> None:
    frame = frame_of(tmp_path / "v.csv", vote())
    assert not frame["rehearsal"].item()
    blank = ["unscreened", "conditions", "excluded", "subset", "gold", "session", "channel", "trial_name"]
    assert frame[blank].iloc[0].tolist() == [""] * len(blank)


def test_what_the_file_calls_a_trial_is_kept_beside_its_number(tmp_path: Path) -> None:
    frame = frame_of(tmp_path / "v.csv", vote(trial="t9"), vote(trial="t3"), vote(trial="t9", criterion="quality"))
    assert frame["trial"].tolist() == [0, 1, 0]
    assert frame["trial_name"].tolist() == ["t9", "t3", "t9"]


def test_columns_of_other_names_are_kept_as_they_are_written(tmp_path: Path) -> None:
    frame = frame_of(tmp_path / "v.csv", vote(browser="Chromium 12", age="037"), vote(worker="w2", browser="", age="4"))
    assert frame["browser"].tolist() == ["Chromium 12", ""]
    assert frame["age"].tolist() == ["037", "4"]


@pytest.mark.parametrize("name", ["trial_name", "line", "row"])
def test_a_column_named_like_one_of_the_frame_is_kept_under_another_name(tmp_path: Path, name: str) -> None:
    frame = frame_of(tmp_path / "v.csv", vote(trial="t1", **{name: "mine"}))
    assert frame[f"{name}_"].tolist() == ["mine"]
    assert frame["trial_name"].tolist() == ["t1"]


def test_columns_of_one_name_are_all_kept_and_nameless_ones_left_out(tmp_path: Path) -> None:
    path = tmp_path / "v.csv"
    path.write_text(f"{HEADER},note,note,,\n{','.join(GOOD_VOTE.values())},a,b,c,\n", encoding="utf-8")
    frame = read_votes(path)
    assert (frame["note"].item(), frame["note_"].item()) == ("a", "b")
    assert not frame.isin(["c"]).any(axis=None)


@pytest.mark.parametrize("text", ["NaN", "None", "null", "1.0", "日本語 🤖", "Ærø"])
def test_text_stays_the_text_it_is(tmp_path: Path, text: str) -> None:
    frame = frame_of(tmp_path / "v.csv", vote(prompt_set=text, prompt=text, worker=text))
    assert frame[["prompt_set", "prompt", "worker"]].iloc[0].tolist() == [text] * 3


def test_a_missing_file_is_an_os_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_votes(tmp_path / "nowhere.csv")
