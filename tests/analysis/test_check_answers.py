"""Answers to checks, from their own file and from gold among the votes."""

from pathlib import Path

import pandas as pd
import pytest

from analysis.check_answers import COLUMNS, gold_rows, read_checks
from analysis.faults import BadVotesFile
from tests.analysis.votes_files import frame_of, vote, write_votes

ORDER = [
    "study",
    "worker",
    "trial",
    "kind",
    "repeats",
    "prompt_set",
    "prompt",
    "seed",
    "criterion",
    "shown",
    "expected",
    "choice",
    "answered_at",
    "seconds",
]


def answer(**changes: str) -> dict[str, str]:
    """A right answer to gold, as the site exports it, with other values."""
    made = vote(trial="7", kind="gold", repeats="", expected="SD") | changes
    return {name: made[name] for name in (*ORDER, *(set(changes) - set(ORDER)))}


def faults_of(path: Path, *answers: dict[str, str]) -> list[str]:
    with pytest.raises(BadVotesFile) as refused:
        read_checks(write_votes(path, answers))
    return [str(fault) for fault in refused.value.faults]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "checks.csv"


def test_answers_are_read_as_texts(path: Path) -> None:
    checks = read_checks(write_votes(path, [answer(), answer(trial="007", kind="repeat", repeats="12", expected="")]))
    assert list(checks.columns) == list(COLUMNS)
    assert checks.to_numpy().tolist()[1] == ["demo", "w1", "007", "repeat", "12", "correctness", "SD|SD+DNP", "SD", ""]


def test_the_file_of_a_study_without_checks_has_no_answers(path: Path) -> None:
    path.write_text(",".join(ORDER) + "\n", encoding="utf-8")
    assert read_checks(path).empty


def test_a_votes_file_is_no_file_of_checks(path: Path) -> None:
    (fault,) = faults_of(path, vote())
    assert fault.startswith("line 1: these columns are missing: trial, kind, repeats, expected")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"kind": "vote"}, "kind “vote” is none of gold, repeat, attention, practice"),
        ({"repeats": "3"}, "repeats “3” is filled in, but only a repeat repeats a trial"),
        ({"expected": "other"}, "expected “other” is neither one of the shown"),
        ({"choice": "other"}, "choice “other” is neither one of the shown"),
        ({"trial": ""}, "trial is empty"),
    ],
)
def test_a_bad_answer_is_refused(path: Path, changes: dict[str, str], reason: str) -> None:
    (fault,) = faults_of(path, answer(**changes))
    assert fault.startswith(f"line 2: {reason}")


def test_a_trial_is_one_check(path: Path) -> None:
    (fault,) = faults_of(path, answer(), answer(criterion="quality", kind="practice"))
    assert fault.startswith("line 3: kind is “practice”, but “gold” on line 2 of the same trial")


def test_gold_among_the_votes_is_an_answer_to_a_check(path: Path) -> None:
    votes = frame_of(path, vote(trial="t1", gold="", excluded=""), vote(trial="t2", seed="8", gold="SD+DNP", excluded="left"))
    assert gold_rows(votes).index.tolist() == [3]
    assert gold_rows(votes).to_numpy().tolist()[0] == [
        "demo",
        "w1",
        "t2",
        "gold",
        "",
        "correctness",
        "SD|SD+DNP",
        "SD",
        "SD+DNP",
    ]


def test_gold_of_unnamed_trials_is_named_by_their_numbers(path: Path) -> None:
    frame = frame_of(path, vote(gold="SD"), vote(seed="8", gold="no clear winner"))
    assert gold_rows(frame)["trial"].tolist() == ["0", "1"]


def test_gold_and_other_checks_can_be_put_together(path: Path) -> None:
    checks = read_checks(write_votes(path, [answer()]))
    both = pd.concat([checks, gold_rows(frame_of(path, vote(gold="SD")))])
    assert both["kind"].tolist() == ["gold", "gold"]
