"""What is said of each worker, by hand from files of a few votes."""

from dataclasses import astuple
from pathlib import Path

import pandas as pd
import pytest

from analysis.check_answers import read_checks
from analysis.columns import CHECKS
from analysis.workers import WorkerMeasures, worker_measures
from tests.analysis.study_files import study_of
from tests.analysis.votes_files import vote, write_votes


def by_name(path: Path, votes: list[dict[str, str]], checks: pd.DataFrame | None = None) -> dict[str, WorkerMeasures]:
    return {each.worker: each for each in worker_measures(*study_of(path, votes), checks)}


def at(minute: int, choice: str, **changes: str) -> dict[str, str]:
    """A vote on a prompt of its own."""
    return vote(prompt=f"p{minute}", answered_at=f"2024-05-01T10:{minute:02}:00Z", choice=choice, **changes)


def check(**changes: str) -> dict[str, str]:
    """A right answer to gold, its columns in the order of the file."""
    answer = vote(trial="100", kind="gold", repeats="", expected="SD") | changes
    return {name: answer[name] for name in CHECKS.required}


def test_votes_trials_and_the_median_of_their_seconds(tmp_path: Path) -> None:
    votes = [
        at(1, "SD", seconds="3"),
        at(1, "SD", seconds="5", criterion="quality"),
        at(2, "SD", seconds="7"),
        at(3, "SD", seconds="30"),
    ]
    found = by_name(tmp_path, votes)["w1"]
    assert (found.votes, found.trials, found.seconds) == (4, 3, 7)  # of 5, 7 and 30


def test_positions_of_choices(tmp_path: Path) -> None:
    choices = [("SD|SD+DNP", "SD"), ("SD+DNP|SD", "SD+DNP"), ("SD|SD+DNP", "SD+DNP"), ("SD|SD+DNP", "no clear winner")]
    found = by_name(tmp_path, [at(minute, choice, shown=shown) for minute, (shown, choice) in enumerate(choices)])["w1"]
    assert (found.first_position, found.same_position, found.ties) == pytest.approx((200 / 3, 50, 25))


def test_the_longest_run_of_a_position_is_in_order_of_time_and_within_a_criterion(tmp_path: Path) -> None:
    chosen = ["SD", "SD", "no clear winner", "SD", "SD", "SD", "SD+DNP"]  # always SD|SD+DNP
    votes = [at(minute, choice) for minute, choice in enumerate(chosen)]
    others = [at(minute, "SD+DNP", criterion="quality") for minute in range(2)]
    assert by_name(tmp_path, [*others, *votes[3:], *votes[:3]])["w1"].longest_run == 3


def test_ties_alone_are_no_run(tmp_path: Path) -> None:
    found = by_name(tmp_path, [at(minute, "no clear winner") for minute in range(3)])["w1"]
    assert (found.longest_run, found.first_position, found.same_position, found.ties) == (0, None, 0, 100)


def test_agreement_is_with_the_votes_of_others_on_the_same_comparison(tmp_path: Path) -> None:
    votes = [vote(worker=worker, choice=choice) for worker, choice in [("a", "SD"), ("b", "SD"), ("c", "SD+DNP")]]
    found = by_name(tmp_path, [*votes, at(1, "SD", worker="a"), at(1, "SD", worker="b"), at(2, "SD", worker="d")])
    # a: of b and c one, then b: (1/2 + 1) / 2
    assert [found[name].agrees for name in "abcd"] == [75, 75, 0, None]


def test_excluded_workers_are_compared_with_those_who_count_and_not_they_with_them(tmp_path: Path) -> None:
    counted = [vote(worker=worker, excluded="") for worker in "ab"]
    found = by_name(tmp_path, [*counted, vote(worker="x", choice="SD+DNP", excluded="too  fast")])
    assert [found[name].agrees for name in "abx"] == [100, 100, 0]
    assert [found[name].excluded for name in "abx"] == ["", "", "too fast"]
    assert [found[name].reliability for name in "abx"] == [pytest.approx(100), pytest.approx(100), pytest.approx(0)]


def test_who_votes_with_most_is_more_reliable(tmp_path: Path) -> None:
    truth = ["SD", "SD+DNP"] * 10
    other = {"SD": "SD+DNP", "SD+DNP": "SD"}
    votes = [at(row, choice, worker=worker) for row, choice in enumerate(truth) for worker in "abc"]
    wrong = [at(row, choice if row % 4 else other[choice], worker="z") for row, choice in enumerate(truth)]
    found = by_name(tmp_path, [*votes, *wrong])
    assert found["a"].reliability == pytest.approx(100, abs=0.1)
    assert found["z"].reliability == pytest.approx(75, abs=0.1)  # three of four


def test_gold_repeats_and_attention(tmp_path: Path) -> None:
    again = {"kind": "repeat", "repeats": "1", "expected": ""}
    answers = [
        check(),
        check(trial="101", choice="SD+DNP"),
        check(trial="101", criterion="quality", expected=""),
        check(trial="102", **again),
        check(trial="103", **again | {"repeats": "2"}, choice="SD"),
        check(trial="104", kind="attention"),
        check(trial="105", kind="attention"),
        check(trial="105", kind="attention", criterion="quality", choice="SD+DNP"),
        check(trial="106", kind="practice", choice="SD+DNP"),
        check(study="other", worker="w1", trial="107", choice="SD+DNP"),
    ]
    checks = read_checks(write_votes(tmp_path / "checks.csv", answers))
    votes = [vote(trial="1"), vote(trial="2", prompt="q", choice="SD+DNP"), vote(trial="3", worker="w2")]
    found = by_name(tmp_path, votes, checks)
    assert (found["w1"].gold, found["w1"].gold_answers) == (50, 2)
    assert (found["w1"].repeats, found["w1"].repeat_answers) == (50, 2)
    assert (found["w1"].attention, found["w1"].attention_answers) == (50, 2)
    assert (found["w2"].gold, found["w2"].repeats, found["w2"].attention_answers) == (None, None, 0)


def test_no_answers_to_checks_at_all(tmp_path: Path) -> None:
    empty = read_checks(write_votes(tmp_path / "checks.csv", [check()])).iloc[:0]
    assert by_name(tmp_path, [vote()], empty)["w1"].attention is None


def test_row_order_changes_nothing(tmp_path: Path) -> None:
    votes = [at(row % 7, ["SD", "SD+DNP"][row % 3 % 2], worker=f"w{row % 5}", seconds=str(row % 11)) for row in range(35)]
    there, back = by_name(tmp_path, votes), by_name(tmp_path, votes[::-1])
    assert list(there) == list(back)
    for name in there:
        assert astuple(there[name])[1:-1] == pytest.approx(astuple(back[name])[1:-1])


def test_where_all_are_excluded_workers_are_still_described(tmp_path: Path) -> None:
    votes = [vote(worker="b", excluded="bot"), vote(worker="a", excluded="fast"), vote(worker="a", seed="8", excluded="bot")]
    found = by_name(tmp_path, votes)
    assert list(found) == ["a", "b"]
    assert (found["a"].excluded, found["a"].votes, found["a"].agrees, found["a"].reliability) == ("bot; fast", 2, None, None)
