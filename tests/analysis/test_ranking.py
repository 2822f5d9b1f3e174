from collections.abc import Mapping
from itertools import combinations

import numpy as np
import pytest

from analysis.outcomes import counts_of, outcomes_of
from analysis.ranking import MODELS, Ranking, ranking
from analysis.study_votes import FloatArray, StudyVotes
from tests.analysis.study_votes_made import Choice, study_votes

TIE = "no clear winner"


def ballots(counts: Mapping[str, Mapping[str, int]], criterion: str = "quality", prompt_set: str = "A&E") -> list[Choice]:
    """For each set shown, as “a|b”, how many votes went to which choice; each vote by a worker of its own."""
    return [
        (prompt_set, "a prompt", number, f"{shown} {choice} {number}", criterion, shown, choice)
        for shown, votes in counts.items()
        for choice, times in votes.items()
        for number in range(times)
    ]


def ranked(votes: StudyVotes, *resampled: FloatArray) -> Ranking:
    """The ranking with these counts of outcomes as the resamples."""
    outcomes = outcomes_of(votes)
    shape = (0, *counts_of(votes, outcomes).shape)
    return ranking(votes, outcomes, np.array(resampled) if resampled else np.zeros(shape))


def worths(found: Ranking, model: str, criterion: str = "quality") -> dict[str, float | None]:
    return {row.condition: row.worth for row in found.worths if (row.criterion, row.model) == (criterion, model)}


def test_votes_of_all_prompt_sets_are_taken_together() -> None:
    one, other = ballots({"a|b": {"a": 3, "b": 1}}), ballots({"a|b": {"a": 3, "b": 1, TIE: 2}}, prompt_set="Hand")
    found = ranked(study_votes([*one, *other]))
    assert worths(found, "davidson") == pytest.approx({"a": 6 / 8, "b": 2 / 8})
    assert worths(found, "half_tie") == pytest.approx({"a": 7 / 10, "b": 3 / 10})
    assert worths(found, "no_ties") == pytest.approx({"a": 6 / 8, "b": 2 / 8})
    assert found.tie_parameters[0].value == pytest.approx(2 / np.sqrt(6 * 2))  # ν: ties over √(wins of a · wins of b)


@pytest.mark.parametrize("design", ["together", "pairs", "baseline", "mixed"])
def test_every_design_ranks(design: str) -> None:
    pairs = ["|".join(pair) for pair in combinations("abc", 2)]
    shown = {"together": ["a|b|c"], "pairs": pairs, "baseline": ["a|b", "a|c"], "mixed": ["a|b|c", "a|b"]}[design]
    appeal = {"a": 2, "b": 4, "c": 8, TIE: 3}
    votes = {names: {choice: appeal[choice] for choice in [*names.split("|"), TIE]} for names in shown}
    found = ranked(study_votes(ballots(votes)))
    assert worths(found, "no_ties") == pytest.approx({"a": 1 / 7, "b": 2 / 7, "c": 4 / 7})  # the votes are exactly so
    assert [row.model for row in found.worths] == [model for model in MODELS for _ in "abc"]
    assert found.warnings == ()


def test_twelve_conditions_in_pairs_rank() -> None:
    names = [f"m{number}" for number in range(12)]
    votes = {f"{one}|{other}": {one: 1, other: 2} for one, other in combinations(names, 2)}
    found = worths(ranked(study_votes(ballots(votes), "|".join(names))), "davidson")
    assert sorted(found, key=lambda name: found[name] or 0) == names
    assert sum(worth or 0 for worth in found.values()) == pytest.approx(1)


def test_intervals_hold_the_middle_of_the_resamples() -> None:
    votes = study_votes(ballots({"a|b": {"a": 50, "b": 50}}))
    counts = [counts_of(votes, outcomes_of(votes)) for _ in range(101)]
    for number, table in enumerate(counts):
        table[0, 0] = [0, number + 1, 199 - number]
    found = ranked(votes, *counts)
    assert [found.worths[0].low, found.worths[0].high] == pytest.approx([3.5 / 200, 98.5 / 200])
    assert [row.probability for row in found.better] == pytest.approx([1.5 / 101] * 3)  # a is greater in one, equal in another


def test_without_resamples_there_are_no_intervals() -> None:
    found = ranked(study_votes(ballots({"a|b": {"a": 2, "b": 1}})))
    assert {(row.low, row.high) for row in found.worths} == {(None, None)}
    assert {row.probability for row in found.better} == {None}


def test_a_condition_that_never_wins_has_a_worth_and_a_warning() -> None:
    found = ranked(study_votes(ballots({"a|b": {"a": 9}})))
    assert worths(found, "davidson") == pytest.approx({"a": 0.95, "b": 0.05})  # 9½ and ½ of 10
    assert len(found.warnings) == len(MODELS)
    assert "half a vote was added" in found.warnings[0]


def test_resamples_that_needed_help_are_counted() -> None:
    votes = study_votes(ballots({"a|b": {"a": 2, "b": 1, TIE: 1}}))
    found = ranked(votes, np.array([[[1.0, 3.0, 0.0]]]), np.array([[[1.0, 2.0, 1.0]]]))
    assert [warning.split(" some")[0] for warning in found.warnings] == [
        "quality, davidson: in 1 resamples",
        "quality, no_ties: in 1 resamples",
    ]


def test_a_resample_that_drew_no_votes_is_left_out() -> None:
    votes = study_votes(ballots({"a|b": {"a": 2, "b": 1}}))
    found = ranked(votes, np.zeros((1, 1, 3)), np.array([[[0.0, 1.0, 3.0]]]))
    assert found.better[0].probability == 0
    assert found.worths[0].low == pytest.approx(1 / 4)


def test_conditions_that_no_vote_links_have_no_worth() -> None:
    found = ranked(study_votes(ballots({"a|b": {"a": 1, "b": 1}, "c|d": {"c": 1, "d": 1}})))
    assert {row.worth for row in found.worths} == {None}
    assert found.tie_parameters[0].value is None
    assert found.warnings == ("quality: no worths, because no votes link all conditions; show more pairs.",)


def test_a_condition_without_votes_on_a_criterion_has_no_worth_there() -> None:
    rows = [*ballots({"a|b": {"a": 3, "b": 1}}), *ballots({"a|c": {"a": 1, "c": 1}}, criterion="correctness")]
    found = ranked(study_votes(rows))
    assert worths(found, "davidson") == {"a": pytest.approx(0.75), "b": pytest.approx(0.25), "c": None}
    assert worths(found, "davidson", "correctness") == {"a": pytest.approx(0.5), "b": None, "c": pytest.approx(0.5)}


def test_a_study_whose_votes_are_all_excluded_has_no_worths_and_says_nothing() -> None:
    votes = study_votes(ballots({"a|b": {"a": 1, "b": 1}}))
    found = ranked(votes.only(np.zeros(2, bool)))
    assert {row.worth for row in found.worths} == {None}
    assert found.warnings == ()


def test_the_same_votes_in_another_order_rank_the_same() -> None:
    rows = ballots({"a|b": {"a": 3, "b": 1, TIE: 1}, "a|c": {"a": 1, "c": 5}, "b|c": {"b": 2, "c": 1}})
    assert worths(ranked(study_votes(rows[::-1])), "davidson") == pytest.approx(worths(ranked(study_votes(rows)), "davidson"))
