"""Tables with a block for each subset of a prompt set."""

from pathlib import Path

import numpy as np
import pandas as pd

from analysis.annotations import annotated_tables
from analysis.inference import differences, share_intervals
from analysis.study_votes import studies_of
from analysis.subsets import by_subset
from analysis.tables import Table, tables_of
from tests.analysis.votes_files import frame_of, vote


def blocks(table: Table) -> list[tuple[str, str, int]]:
    return [(block.prompt_set, block.subset, block.totals[0]) for block in table.blocks]


def frame(path: Path) -> pd.DataFrame:
    """Votes on objects, animals and neither in A&E, twice on animals; on Hand without subsets."""
    subsets = [("A&E", "objects"), ("Hand", ""), ("A&E", "animals"), ("A&E", ""), ("A&E", "animals")]
    return frame_of(
        path / "votes.csv",
        *(
            vote(prompt_set=prompt_set, prompt=f"{prompt_set} {subset}", subset=subset, worker=f"w{number}")
            for number, (prompt_set, subset) in enumerate(subsets)
        ),
    )


def test_prompt_sets_with_subsets_have_a_second_table(tmp_path: Path) -> None:
    whole, divided = tables_of(frame(tmp_path))
    assert blocks(whole) == [("A&E", "", 4), ("Hand", "", 1)]
    assert blocks(divided) == [("A&E", "objects", 1), ("A&E", "animals", 2), ("A&E", "(no subset)", 1)]


def test_without_subsets_there_is_one_table(tmp_path: Path) -> None:
    assert len(tables_of(frame_of(tmp_path / "votes.csv", vote()))) == 1
    assert len(tables_of(frame_of(tmp_path / "votes.csv", vote(subset="")))) == 1


def test_excluded_votes_are_left_out_of_their_subset(tmp_path: Path) -> None:
    votes = [vote(subset="animals", excluded="too fast"), vote(subset="animals", excluded="", worker="w2")]
    _, divided = tables_of(frame_of(tmp_path / "votes.csv", *votes))
    assert blocks(divided) == [("A&E", "animals", 1)]
    assert [each.reason for each in divided.excluded] == ["too fast"]


def test_votes_of_a_subset_are_those_of_its_rows(tmp_path: Path) -> None:
    ((votes, rows),) = studies_of(frame(tmp_path))
    divided = by_subset(votes, rows)
    assert divided is not None
    part, kept = divided
    assert [part.prompt_sets[code] for code in part.prompt_set] == list(kept["prompt_set"])
    assert np.array_equal(kept.index, [2, 4, 5, 6])  # the lines of A&E


def test_intervals_stand_in_the_cells_of_both_tables(tmp_path: Path) -> None:
    votes = [
        vote(subset=subset, prompt=subset, seed=str(seed), worker=f"w{worker}", choice=("SD", "SD+DNP")[(seed + worker) % 2])
        for subset in ("animals", "objects")
        for seed in range(3)
        for worker in range(3)
    ]
    ((coded, rows),) = studies_of(frame_of(tmp_path / "votes.csv", *votes))
    shares, tests = share_intervals(coded), differences(coded)
    whole, divided = annotated_tables(coded, rows, shares, tests)
    for table in (whole, divided):
        cells = [share for block in table.blocks for row in block.rows for share in row.shares]
        assert all(share.interval for share in cells)
        assert all(bool(share.p) == share.best for share in cells)
    (sd,) = whole.blocks[0].rows[1].shares
    assert sd.interval is not None
    assert (sd.interval.low, sd.interval.high) == (shares[1].low, shares[1].high)
    assert whole.blocks[0].rows[1].shares[0].p == tests[0].p_adjusted
