"""A study's votes as codes: who and what each vote is of, whatever the order and the names in the file."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.judges import NO_CLEAR_WINNER
from analysis.study_votes import CODES, NOWHERE, IntArray, StudyVotes, studies_of
from tests.analysis.votes_files import frame_of, vote

THREE = "a|B|c"


@st.composite
def votes_of_a_study(draw: st.DrawFn) -> list[dict[str, str]]:
    """Votes in trials of their own, of up to four conditions in any order."""
    made = []
    for trial in range(draw(st.integers(1, 12))):
        shown = draw(st.permutations("aBcD"))[: draw(st.integers(2, 4))]
        where = {name: draw(st.sampled_from("01")) for name in ("prompt_set", "prompt", "seed", "worker", "criterion")}
        choice = draw(st.sampled_from([*shown, NO_CLEAR_WINNER]))
        made.append(vote(**where, shown="|".join(shown), choice=choice, trial=str(trial)))
    return made


def coded(path: Path, votes: list[dict[str, str]]) -> StudyVotes:
    ((study, _),) = studies_of(frame_of(path, *votes))
    return study


def alike(codes: IntArray) -> list[int]:
    """Codes that say no more than which rows are alike."""
    return list(pd.factorize(codes)[0])


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("votes") / "votes.csv"


def test_options_are_the_tie_and_then_the_conditions_by_name_whatever_the_case(path: Path) -> None:
    study = coded(path, [vote(shown="c|a|B", choice="a"), vote(worker="w2", shown=THREE, choice=NO_CLEAR_WINNER)])
    assert study.options == (NO_CLEAR_WINNER, "a", "B", "c")
    assert study.option.tolist() == [1, 0]
    assert study.position.tolist() == [1, NOWHERE]


def test_the_file_may_order_the_conditions(path: Path) -> None:
    assert coded(path, [vote(shown=THREE, choice="a", conditions="c|never shown|B|a")]).conditions == (
        "c",
        "never shown",
        "B",
        "a",
    )


def test_a_pair_shown_in_other_conditions_is_another_comparison(path: Path) -> None:
    shown = ["a|B", "B|a", "a|c", THREE]
    study = coded(path, [vote(shown=names, choice="a", worker=names) for names in shown])
    assert (study.pair.tolist(), study.comparison.tolist()) == ([0, 0, 0, 0], [0, 0, 1, 2])
    assert study.sets == ((0, 1), (0, 2), (0, 1, 2))
    assert study.could.tolist() == [[True, True, True, False], [True, True, False, True], [True] * 4]
    assert not study.shows_all_always


def test_prompts_of_one_text_in_two_prompt_sets_are_two_pairs(path: Path) -> None:
    assert sorted(coded(path, [vote(), vote(prompt_set="B"), vote(seed="8")]).pair.tolist()) == [0, 1, 2]


def test_excluded_votes_are_among_the_rows_but_do_not_count(path: Path) -> None:
    ((study, rows),) = studies_of(frame_of(path, vote(excluded="left", prompt_set="first"), vote(excluded="")))
    assert (len(study), len(rows)) == (1, 2)
    assert study.prompt_sets == ("first", "A&E")


def test_a_study_whose_votes_are_all_excluded_has_none(path: Path) -> None:
    ((study, rows),) = studies_of(frame_of(path, vote(excluded="left")))
    assert (len(study), len(rows), study.conditions) == (0, 1, ("SD", "SD+DNP"))


def test_gold_is_neither_among_the_votes_nor_the_rows(path: Path) -> None:
    frame = frame_of(path, vote(gold="SD", worker="w0"), vote(gold=""), vote(gold="SD", study="of gold alone"))
    ((study, rows),) = studies_of(frame)
    assert study.workers == ("w1",)
    assert rows["worker"].tolist() == ["w1"]


def test_studies_come_in_the_order_of_the_file(path: Path) -> None:
    frame = frame_of(path, vote(study="z"), vote(study="a"), vote(study="z", worker="w2"))
    assert [(votes.study, len(votes)) for votes, _ in studies_of(frame)] == [("z", 2), ("a", 1)]


@given(votes_of_a_study(), st.randoms(use_true_random=False))
@settings(max_examples=15, deadline=None)
def test_the_order_of_rows_changes_only_the_numbers_of_names(path: Path, votes: list[dict[str, str]], chance: Any) -> None:
    order = chance.sample(range(len(votes)), len(votes))
    study, other = coded(path, votes), coded(path, [votes[row] for row in order])
    back = np.argsort(order)
    assert other.conditions == study.conditions
    assert other.option[back].tolist() == study.option.tolist()
    assert other.position[back].tolist() == study.position.tolist()
    for name in CODES:
        assert alike(getattr(other, name)[back]) == alike(getattr(study, name))


@given(votes_of_a_study())
@settings(max_examples=15, deadline=None)
def test_other_names_are_other_names_alone(path: Path, votes: list[dict[str, str]]) -> None:
    names = ("prompt_set", "prompt", "worker", "criterion", "trial")
    study, other = coded(path, votes), coded(path, [each | {name: f"new {each[name]}" for name in names} for each in votes])
    assert other.workers == tuple(f"new {name}" for name in study.workers)
    assert all(getattr(other, name).tolist() == getattr(study, name).tolist() for name in CODES)


@given(votes_of_a_study())
@settings(max_examples=15, deadline=None)
def test_swapped_positions_change_the_position_alone(path: Path, votes: list[dict[str, str]]) -> None:
    swapped = [each | {"shown": "|".join(reversed(each["shown"].split("|")))} for each in votes]
    study, other = coded(path, votes), coded(path, swapped)
    for name in set(CODES) - {"order"}:
        assert getattr(other, name).tolist() == getattr(study, name).tolist()
    last = np.array([each["shown"].count("|") for each in votes])
    assert other.position.tolist() == np.where(study.position == NOWHERE, NOWHERE, last - study.position).tolist()


@given(votes_of_a_study())
@settings(max_examples=15, deadline=None)
def test_some_of_the_votes_keep_their_codes(path: Path, votes: list[dict[str, str]]) -> None:
    study = coded(path, votes)
    first = study.only(np.arange(len(study)) < 3)
    assert all(getattr(first, name).tolist() == getattr(study, name)[:3].tolist() for name in CODES)
    assert (first.workers, first.conditions) == (study.workers, study.conditions)
