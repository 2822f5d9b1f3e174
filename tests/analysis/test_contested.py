"""The most and least contested comparisons, with entropies by hand."""

from pathlib import Path

import pytest

from analysis.contested import Contested, contested
from tests.analysis.study_files import study_of
from tests.analysis.votes_files import vote


def ballots(prompt: str, *choices: str, **changes: str) -> list[dict[str, str]]:
    """A vote for each choice on one prompt, each by another worker."""
    return [vote(prompt=prompt, choice=choice, worker=f"w{row}", **changes) for row, choice in enumerate(choices)]


EVEN = ballots("even", "SD", "SD", "SD+DNP", "SD+DNP")
THREE = ballots("three", "SD", "SD+DNP", "no clear winner")
ALIKE = ballots("alike", "SD", "SD", "SD")
MORE_ALIKE = ballots("more alike", "SD", "SD", "SD", "SD")
FEW = ballots("few", "SD", "SD+DNP")


def prompts(found: tuple[Contested, ...]) -> list[str]:
    return [each.prompt for each in found]


def test_the_most_contested_come_first(tmp_path: Path) -> None:
    most, least = contested(*study_of(tmp_path, [*EVEN, *THREE, *ALIKE, *MORE_ALIKE, *FEW]))
    assert (prompts(most), prompts(least)) == (["three", "even"], ["more alike", "alike"])
    assert [each.entropy for each in (*most, *least)] == [pytest.approx(1.584963), 1, 0, 0]  # log2 3, 1 bit, none


def test_a_comparison_is_told_with_its_votes(tmp_path: Path) -> None:
    (found,), _ = contested(*study_of(tmp_path, EVEN))
    votes = (("no clear winner", 0), ("SD", 2), ("SD+DNP", 2))
    assert found == Contested("correctness", "A&E", "even", 7, ("SD", "SD+DNP"), votes, 1.0)


def test_equal_ones_are_ordered_by_what_they_are_wherever_they_stand(tmp_path: Path) -> None:
    votes = [each for prompt in "dbca" for each in ballots(prompt, "SD", "SD+DNP", "SD")]
    for order in (votes, votes[::-1]):
        most, least = contested(*study_of(tmp_path, order))
        assert (prompts(most), prompts(least)) == (["a", "b"], ["c", "d"])


def test_there_are_at_most_so_many_of_each_criterion(tmp_path: Path) -> None:
    votes = [each for prompt in "abcdefg" for each in ballots(prompt, "SD", "SD+DNP", "SD", criterion="quality")]
    most, least = contested(*study_of(tmp_path, [*EVEN, *votes]), 2)
    assert [each.criterion for each in most] == ["correctness", "quality", "quality"]
    assert len(least) == 2


def test_fewer_than_three_votes_do_where_there_are_no_more(tmp_path: Path) -> None:
    most, least = contested(*study_of(tmp_path, [*FEW, *ballots("one", "SD")]))
    assert (prompts(most), prompts(least)) == (["few"], [])


def test_excluded_votes_do_not_count(tmp_path: Path) -> None:
    bots = ballots("alike", "SD+DNP", "SD+DNP", excluded="bot")
    counted = [each | {"excluded": ""} for each in ballots("alike", "SD", "SD", "SD", seed="8")]
    (found,), _ = contested(*study_of(tmp_path, [*bots, *counted]))
    assert (found.seed, found.entropy) == (8, 0)


def test_different_conditions_are_different_comparisons(tmp_path: Path) -> None:
    other = [each | {"worker": f"other {each['worker']}"} for each in ballots("even", "SD", "SD", "DNG", shown="SD|DNG")]
    most, least = contested(*study_of(tmp_path, [*EVEN, *other]))
    assert [each.shown for each in (*most, *least)] == [("SD", "SD+DNP"), ("DNG", "SD")]


def test_where_all_is_excluded_there_is_none(tmp_path: Path) -> None:
    assert contested(*study_of(tmp_path, [vote(excluded="bot")])) == ((), ())
