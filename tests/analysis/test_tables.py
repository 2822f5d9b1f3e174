"""The layout of the paper: which tables, blocks and rows there are, and in which order."""

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analysis.exclusions import Excluded
from analysis.judges import NO_CLEAR_WINNER, NO_CLEAR_WINNER_ROW
from analysis.tables import Table, tables_of
from tests.analysis.votes_files import frame_of, vote


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "votes.csv"


def methods(table: Table) -> list[list[str]]:
    return [[row.method for row in block.rows] for block in table.blocks]


def test_no_clear_winner_is_first_then_conditions_by_name(path: Path) -> None:
    (table,) = tables_of(frame_of(path, vote(shown="b|SD+DNP|SD+auto-DNP|A", choice="b")))
    assert methods(table) == [["No Clear Winner", "A", "b", "SD+auto-DNP", "SD+DNP"]]


def test_the_row_order_is_the_same_whatever_order_was_shown(path: Path) -> None:
    one, other = (tables_of(frame_of(path, vote(shown=shown))) for shown in ("SD|SD+DNP", "SD+DNP|SD"))
    assert one == other


def test_the_files_own_row_order_is_kept(path: Path) -> None:
    (table,) = tables_of(frame_of(path, vote(conditions="SD+DNP|SD+x|SD")))
    assert methods(table) == [["No Clear Winner", "SD+DNP", "SD"]]  # SD+x was never shown


def test_each_prompt_set_has_the_conditions_shown_with_it(path: Path) -> None:
    other = vote(prompt_set="Hand", shown="SD|SD+auto-DNP")
    (table,) = tables_of(frame_of(path, vote(), other, other | {"worker": "w2", "choice": NO_CLEAR_WINNER}))
    assert methods(table) == [["No Clear Winner", "SD", "SD+DNP"], ["No Clear Winner", "SD", "SD+auto-DNP"]]
    assert [block.totals for block in table.blocks] == [(1,), (2,)]


def test_a_condition_is_measured_by_the_votes_on_comparisons_that_showed_it(path: Path) -> None:
    (table,) = tables_of(frame_of(path, vote(), vote(worker="w2", shown="SD|SD+x", choice="SD+x")))
    rows = table.blocks[0].rows  # no clear winner, SD, SD+DNP, SD+x
    assert [(row.shares[0].votes, row.shares[0].total) for row in rows] == [(0, 2), (1, 2), (0, 1), (1, 1)]
    assert [row.method for row in rows if row.shares[0].best] == ["SD+x"]
    assert table.blocks[0].totals == (2,)
    assert not table.shows_all_always


def test_each_prompt_set_counts_what_it_showed_itself(path: Path) -> None:
    (table,) = tables_of(frame_of(path, vote(), vote(prompt_set="Hand", shown="SD|SD+x")))
    assert [[row.shares[0].total for row in block.rows] for block in table.blocks] == [[1, 1, 1], [1, 1, 1]]
    assert table.shows_all_always


def test_prompt_sets_and_criteria_stand_in_the_files_order(path: Path) -> None:
    votes = [vote(prompt_set="Z", criterion="quality"), vote(prompt_set="A"), vote(prompt_set="Z")]
    (table,) = tables_of(frame_of(path, *votes))
    assert [block.prompt_set for block in table.blocks] == ["Z", "A"]
    assert table.criteria == ("quality", "correctness")


def test_a_criterion_without_votes_in_a_prompt_set_has_no_share_there(path: Path) -> None:
    (table,) = tables_of(frame_of(path, vote(), vote(prompt_set="Hand", criterion="quality")))
    assert table.blocks[1].rows[1].shares[0].percent is None
    assert table.blocks[1].totals == (0, 1)


def test_each_study_has_its_own_table(path: Path) -> None:
    other = vote(study="other", prompt_set="Hand", shown="X|Y", choice="Y", criterion="beauty", rehearsal="1")
    first, second = tables_of(frame_of(path, vote(rehearsal="0"), other))
    assert (first.study, first.criteria, methods(first)) == ("demo", ("correctness",), [["No Clear Winner", "SD", "SD+DNP"]])
    assert (second.study, second.criteria, methods(second)) == ("other", ("beauty",), [["No Clear Winner", "X", "Y"]])
    assert (first.rehearsal, second.rehearsal) == (False, True)


def test_reasons_for_not_screening_are_said_once_each(path: Path) -> None:
    reasons = ["no checker\nfor shapes", "", "drawn by hand", "no checker for shapes"]
    votes = [vote(worker=f"w{number}", unscreened=reason) for number, reason in enumerate(reasons)]
    (table,) = tables_of(frame_of(path, *votes))
    assert table.unscreened == "no checker for shapes; drawn by hand"


def test_excluded_votes_are_in_no_share_and_are_counted_by_their_reasons(path: Path) -> None:
    fast = [vote(worker="w1", excluded="too fast"), vote(worker="w1", seed="8", excluded="too  fast")]
    left = [vote(worker=f"w{number}", excluded="always left") for number in (2, 3, 4)]
    (table,) = tables_of(frame_of(path, *fast, *left, vote(worker="w5", choice="SD+DNP", excluded="")))
    assert [(row.shares[0].votes, row.shares[0].total) for row in table.blocks[0].rows] == [(0, 1), (0, 1), (1, 1)]
    assert table.excluded == (Excluded("always left", votes=3, workers=3), Excluded("too fast", votes=2, workers=1))


def test_a_table_of_which_all_votes_are_excluded_keeps_its_rows(path: Path) -> None:
    (table,) = tables_of(frame_of(path, vote(excluded="too fast")))
    assert methods(table) == [["No Clear Winner", "SD", "SD+DNP"]]
    assert [row.shares[0].percent for row in table.blocks[0].rows] == [None, None, None]


def test_exclusions_are_told_of_their_own_study(path: Path) -> None:
    first, second = tables_of(frame_of(path, vote(excluded="too fast"), vote(study="other", excluded="")))
    assert (len(first.excluded), second.excluded) == (1, ())


CONDITIONS = ("A", "B", "C")
ANSWERS = st.lists(
    st.tuples(
        st.sampled_from(["x", "y"]),
        st.sampled_from(["Human", "Hand"]),
        st.sampled_from(["correctness", "quality"]),
        st.sampled_from([*CONDITIONS, NO_CLEAR_WINNER]),
        st.permutations(CONDITIONS),
    ),
    min_size=1,
    max_size=30,
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ANSWERS)
def test_every_cell_is_what_pandas_counts_in_the_file(path: Path, answers: list[tuple[str, str, str, str, list[str]]]) -> None:
    names = ("study", "prompt_set", "criterion", "choice", "shown")
    votes = [
        vote(worker=f"w{number}", **dict(zip(names, [*answer[:4], "|".join(answer[4])], strict=True)))
        for number, answer in enumerate(answers)
    ]
    frame = frame_of(path, *votes)
    counts = pd.read_csv(path).groupby(["study", "prompt_set", "criterion", "choice"]).size()
    for table in tables_of(frame):
        for block in table.blocks:
            for row in block.rows:
                choice = NO_CLEAR_WINNER if row.method == NO_CLEAR_WINNER_ROW else row.method
                expected = [counts.get((table.study, block.prompt_set, criterion, choice), 0) for criterion in table.criteria]
                assert [share.votes for share in row.shares] == expected
