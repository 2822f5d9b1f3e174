"""What exclusions are and do, counted by hand."""

from pathlib import Path

import pytest

from analysis.exclusions import Effect, Excluded, effects, excluded
from tests.analysis.study_files import study_of
from tests.analysis.votes_files import ballots, vote


def out(reason: str, worker: str, **changes: str) -> dict[str, str]:
    return vote(excluded=reason, worker=worker, **changes)


def test_reasons_come_by_number_of_votes_then_by_name(tmp_path: Path) -> None:
    votes = [out("slow", "a"), out("bot", "b"), out("fast", "c"), out("fast", "c", seed="8"), out("", "d"), out("fast\n ", "e")]
    for order in (votes, votes[::-1]):
        _, rows = study_of(tmp_path, order)
        assert excluded(rows) == (Excluded("fast", 3, 2), Excluded("bot", 1, 1), Excluded("slow", 1, 1))


def test_a_share_with_and_without_the_excluded_votes(tmp_path: Path) -> None:
    counted = ballots({"SD": 3, "SD+DNP": 1}, excluded="")
    votes, rows = study_of(tmp_path, [*counted, out("bot", "x", choice="no clear winner")])
    assert effects(votes, rows) == (
        Effect("A&E", "No Clear Winner", "correctness", 0, 20),
        Effect("A&E", "SD", "correctness", 75, 60),
        Effect("A&E", "SD+DNP", "correctness", 25, 20),
    )


def test_a_condition_is_in_the_prompt_sets_that_show_it(tmp_path: Path) -> None:
    votes, rows = study_of(tmp_path, [out("bot", "w2"), vote(prompt_set="Human", shown="SD|DNG", excluded="")])
    methods = [(row.prompt_set, row.method) for row in effects(votes, rows) if row.method != "No Clear Winner"]
    assert methods == [("A&E", "SD"), ("A&E", "SD+DNP"), ("Human", "DNG"), ("Human", "SD")]


def test_where_all_votes_of_a_cell_are_excluded_there_is_no_share_without_them(tmp_path: Path) -> None:
    votes, rows = study_of(tmp_path, [out("bot", "x"), out("bot", "x", criterion="quality", choice="SD+DNP")])
    assert {row.percent for row in effects(votes, rows)} == {None}
    assert [row.percent_with_excluded for row in effects(votes, rows)] == [0, 0, 100, 0, 0, pytest.approx(100)]


def test_without_exclusions_there_are_no_effects(tmp_path: Path) -> None:
    votes, rows = study_of(tmp_path, [vote()])
    assert effects(votes, rows) == ()
    assert excluded(rows) == ()
