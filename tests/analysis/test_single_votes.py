"""A worker who votes on a comparison again says it once, and agrees with nobody else by it."""

from dataclasses import astuple, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.agreement import agreement
from analysis.consensus import reliability
from analysis.single_votes import single_votes
from analysis.study_votes import StudyVotes
from tests.analysis.study_votes_made import Choice, study_votes

TIE = "no clear winner"
VOTE = st.tuples(st.sampled_from("pq"), st.sampled_from("uvw"), st.sampled_from(["A", "B", TIE]))


def ballots(*votes: tuple[str, str, str]) -> list[Choice]:
    """Prompt, worker and choice of each."""
    return [("set", prompt, 0, worker, "quality", "A|B", choice) for prompt, worker, choice in votes]


def said(votes: StudyVotes) -> list[tuple[int, str, str]]:
    """Comparison, worker and option of each vote."""
    rows = zip(votes.comparison.tolist(), votes.worker, votes.option, strict=True)
    return [(comparison, votes.workers[worker], votes.options[option]) for comparison, worker, option in rows]


def test_the_same_again_is_said_once_and_what_differs_is_no_clear_winner() -> None:
    votes = ballots(("p", "u", "A"), ("p", "v", "B"), ("p", "u", "A"), ("p", "v", "A"), ("q", "v", "B"))
    assert said(single_votes(study_votes(votes))) == [(0, "u", "A"), (0, "v", TIE), (1, "v", "B")]


def test_votes_on_two_criteria_are_two() -> None:
    votes = study_votes([(*vote[:4], criterion, *vote[5:]) for criterion in "cq" for vote in ballots(("p", "u", "A"))])
    assert single_votes(votes) is votes


@settings(max_examples=30)
@given(st.lists(VOTE, min_size=1, max_size=12))
def test_each_worker_has_one_vote_on_a_comparison_whatever_the_order_of_rows(drawn: list[tuple[str, str, str]]) -> None:
    choices: dict[tuple[str, str], set[str]] = {}
    for prompt, worker, choice in drawn:
        choices.setdefault((prompt, worker), set()).add(choice)
    expected = sorted((worker, chosen.pop() if len(chosen) == 1 else TIE) for (_, worker), chosen in choices.items())
    for rows in (drawn, drawn[::-1]):
        assert sorted(row[1:] for row in said(single_votes(study_votes(ballots(*rows))))) == expected


def test_who_votes_twice_agrees_with_nobody() -> None:
    votes = study_votes(ballots(("p", "u", "A"), ("p", "u", "A"), ("q", "v", "B"), ("q", "v", "B")))
    (found, _) = agreement(votes, 10, 0)
    assert (found.comparisons, found.alpha, found.ac1, found.fleiss) == (0, None, None, None)


def test_agreement_is_as_if_each_had_voted_once() -> None:
    once = [("p", "u", "A"), ("p", "v", "A"), ("q", "u", "A"), ("q", "v", "B"), ("r", "u", "B"), ("r", "v", "B")]
    first, second = (agreement(study_votes(ballots(*votes)), 50, 0)[0] for votes in (once, [*once, *once[:3]]))
    assert first.alpha == pytest.approx(1 - 2 / 6 / (18 / 30))  # by hand: 2 of 6 unlike, and by chance 18 of 30
    assert astuple(replace(second, warning="")) == astuple(replace(first, warning=""))


def test_who_votes_twice_is_no_more_reliable_for_it() -> None:
    votes = study_votes(ballots(("p", "u", "A"), ("p", "u", "A"), ("q", "u", "B"), ("q", "v", "B")))
    assert np.isnan(reliability(votes.only(votes.comparison == 0), np.ones(2, np.bool_))).all()
    assert reliability(votes, np.ones(4, np.bool_)) == pytest.approx([100, 100])  # of q alone


def test_without_votes_there_is_none() -> None:
    votes = study_votes(ballots(("p", "u", "A")))
    assert len(single_votes(votes.only(votes.option < 0))) == 0
