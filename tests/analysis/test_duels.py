"""Wins, ties and losses, counted by hand."""

import csv
import io
from dataclasses import replace
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from analysis.duels import Duel, duels
from analysis.judges import NO_CLEAR_WINNER
from analysis.outcomes import counts_of, outcomes_of
from analysis.render.duel_files import DUEL_RENDERINGS, write_duels
from analysis.render.matrices import Matrix, StudyDuels, matrices
from analysis.study_votes import StudyVotes
from tests.analysis.study_votes_made import study_votes
from tests.analysis.tables_made import table_of_conditions


def duels_of(votes: StudyVotes) -> tuple[Duel, ...]:
    outcomes = outcomes_of(votes)
    return duels(votes, outcomes, counts_of(votes, outcomes))


def votes_on(*shown_and_choice: tuple[str, str], prompt_set: str = "A&E") -> list[tuple[str, str, int, str, str, str, str]]:
    return [(prompt_set, "p", seed, "w", "quality", shown, choice) for seed, (shown, choice) in enumerate(shown_and_choice)]


def test_a_vote_for_a_third_condition_is_neither_won_nor_lost() -> None:
    three = "A|B|C"
    found = duels_of(study_votes(votes_on((three, "A"), (three, "B"), (three, "C"), (three, "C"), (three, NO_CLEAR_WINNER))))
    assert found == (
        Duel(("A", "B"), "quality", "A&E", wins=1, ties=1, losses=1, others=2),
        Duel(("A", "C"), "quality", "A&E", wins=1, ties=1, losses=2, others=1),
        Duel(("B", "C"), "quality", "A&E", wins=1, ties=1, losses=2, others=1),
    )


def test_only_votes_on_both_count() -> None:
    found = duels_of(study_votes(votes_on(("A|B", "A"), ("B|A", "A"), ("A|C", "C"), ("B|A", NO_CLEAR_WINNER))))
    assert [(duel.pair, duel.wins, duel.ties, duel.losses, duel.others) for duel in found] == [
        (("A", "B"), 2, 1, 0, 0),
        (("A", "C"), 0, 0, 1, 0),  # B and C never met
    ]


def test_conditions_that_did_not_meet_in_a_prompt_set_have_no_votes_there() -> None:
    found = duels_of(study_votes(votes_on(("A|B", "A")) + votes_on(("A|C", "A"), prompt_set="Hand")))
    assert {(duel.pair[1], duel.prompt_set): duel.wins for duel in found} == {
        ("B", "A&E"): 1, ("B", "Hand"): 0, ("C", "A&E"): 0, ("C", "Hand"): 1,
    }  # fmt: skip


@pytest.fixture
def studies() -> list[StudyDuels]:
    found = (Duel(("A&", "B"), "quality", "Hand_s", 3, 2, 1, 4), Duel(("A&", "C"), "quality", "Hand_s", 5, 6, 7, 0))
    return [StudyDuels(table_of_conditions("A&", "B", "C", prompt_set="Hand_s"), ("A&", "B", "C"), found)]


def matrix_of(votes: StudyVotes, shown_in: dict[str, tuple[str, ...]]) -> Matrix:
    """shown_in: the conditions of each prompt set's rows of the table."""
    blocks = tuple(table_of_conditions(*names, prompt_set=name).blocks[0] for name, names in shown_in.items())
    table = replace(table_of_conditions(*votes.conditions), blocks=blocks)
    (matrix,) = matrices([StudyDuels(table, votes.conditions, duels_of(votes))])
    return matrix


def test_who_never_met_in_a_prompt_set_has_a_dash_and_who_was_never_there_no_row() -> None:
    votes = study_votes(votes_on(("A|B", "A"), ("B|C", "C")) + votes_on(("A|C", "A"), prompt_set="Hand"), "A|B|C|D")
    matrix = matrix_of(votes, {"A&E": ("A", "B", "C"), "Hand": ("A", "C")})
    assert matrix.conditions == ("A", "B", "C")
    assert matrix.blocks == (
        ("A&E", (("A", ("–", "1 / 0 / 0", "–")), ("B", ("0 / 0 / 1", "–", "0 / 0 / 1")), ("C", ("–", "1 / 0 / 0", "–")))),
        ("Hand", (("A", ("–", "–", "1 / 0 / 0")), ("C", ("0 / 0 / 1", "–", "–")))),
    )


def test_the_page_has_a_matrix(studies: list[StudyDuels]) -> None:
    page = BeautifulSoup(DUEL_RENDERINGS["duels.html"](studies), "html.parser")
    assert [head.text for head in page.select("thead th")] == ["Prompt set", "Method", "A&", "B", "C"]
    assert [[cell.text for cell in row.select("td")] for row in page.select("tbody tr")] == [
        ["–", "3 / 2 / 1", "5 / 6 / 7"],
        ["1 / 2 / 3", "–", "–"],
        ["7 / 6 / 5", "–", "–"],
    ]


def test_latex_and_markdown_have_it_too(studies: list[StudyDuels]) -> None:
    assert r"\multirow{3}{*}{Hand\_s} & A\& & -- & 3/2/1 & 5/6/7 \\" in DUEL_RENDERINGS["duels.tex"](studies)
    assert r"| Hand\_s | A& | – | 3 / 2 / 1 | 5 / 6 / 7 |" in DUEL_RENDERINGS["duels.md"](studies)


def test_programs_get_a_line_for_each_two(studies: list[StudyDuels]) -> None:
    first, _ = csv.DictReader(io.StringIO(DUEL_RENDERINGS["duels.csv"](studies)))
    numbers = {"wins": "3", "ties": "2", "losses": "1", "others": "4", "rehearsal": "1", "unscreened": "demo was drawn"}
    assert first == {"study": "demo", "prompt_set": "Hand_s", "criterion": "quality", "method": "A&", "against": "B"} | numbers


@pytest.mark.parametrize("name", ["duels.html", "duels.md", "duels.tex"])
def test_a_rehearsal_says_so(studies: list[StudyDuels], name: str) -> None:
    assert "Rehearsal: synthetic voters, not people" in DUEL_RENDERINGS[name](studies)


def test_all_four_files_are_written(studies: list[StudyDuels], tmp_path: Path) -> None:
    assert write_duels(studies, tmp_path) == [tmp_path / name for name in DUEL_RENDERINGS]
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(DUEL_RENDERINGS)
