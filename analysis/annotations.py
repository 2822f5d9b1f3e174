"""Puts intervals and tests into the cells of tables, for a rendering to print beside the shares."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from analysis.inference import Difference, ShareInterval, differences, share_intervals
from analysis.judges import NO_CLEAR_WINNER_ROW
from analysis.split_intervals import Key, split_intervals
from analysis.study_votes import StudyVotes
from analysis.subsets import by_subset
from analysis.tables import Block, Row, Table, table_of
from analysis.tally import Interval, Share


@dataclass(frozen=True, eq=False)
class Findings:
    """What is known of a table's cells; p is adjusted, by prompt set, criterion and the two conditions."""

    intervals: Mapping[Key, Interval]
    if_split: Mapping[Key, Interval]
    p: Mapping[tuple[str, str, frozenset[str]], float | None]


def annotated_tables(
    votes: StudyVotes, rows: pd.DataFrame, shares: Sequence[ShareInterval], tests: Sequence[Difference]
) -> tuple[Table, ...]:
    """A study's table, and its table by subset if there are any, with intervals and tests in their cells.

    votes: those that count of the rows of the study. shares, tests: what `share_intervals` and `differences` give for them.
    The tests of the table by subset are adjusted over that table.
    """
    table = annotated(table_of(votes, rows), votes, shares, tests)
    divided = by_subset(votes, rows)
    if divided is None:
        return (table,)
    part, rows_of_part = divided
    return table, annotated(table_of(part, rows_of_part), part, share_intervals(part), differences(part))


def annotated(table: Table, votes: StudyVotes, shares: Sequence[ShareInterval], tests: Sequence[Difference]) -> Table:
    """The table with intervals and tests in its cells; votes, shares and tests are of the same votes as the table."""
    found = Findings(
        intervals=_intervals(shares),
        if_split=split_intervals(votes),
        p=_p_of_two(tests) if votes.shows_all_always else {},  # elsewhere the largest share need not win head to head
    )
    return replace(table, blocks=tuple(_block(block, table.criteria, found) for block in table.blocks))


def _p_of_two(tests: Sequence[Difference]) -> dict[tuple[str, str, frozenset[str]], float | None]:
    return {(test.prompt_set, test.criterion, frozenset(test.pair)): test.p_adjusted for test in tests}


def _intervals(shares: Sequence[ShareInterval]) -> dict[Key, Interval]:
    return {
        (share.prompt_set, share.method, share.criterion): Interval(share.low, share.high, share.warning)
        for share in shares
        if share.low is not None and share.high is not None
    }


def _block(block: Block, criteria: tuple[str, ...], found: Findings) -> Block:
    rows = (
        Row(row.method, tuple(_share(block, row, *cell, found) for cell in zip(criteria, row.shares, strict=True)))
        for row in block.rows
    )
    return replace(block, rows=tuple(rows))


def _share(block: Block, row: Row, criterion: str, share: Share, found: Findings) -> Share:
    key = block.key, row.method, criterion
    p = _p_of_best(block, row, criterion, found) if share.best else None
    return replace(share, interval=found.intervals.get(key), interval_if_split=found.if_split.get(key), p=p)


def _p_of_best(block: Block, best: Row, criterion: str, found: Findings) -> float | None:
    """The largest p of the best condition against each of the others; None where one of them has none."""
    others = [row.method for row in block.rows if row.method not in (best.method, NO_CLEAR_WINNER_ROW)]
    ps = [found.p.get((block.key, criterion, frozenset((best.method, other)))) for other in others]
    return max((p for p in ps if p is not None), default=None) if None not in ps else None
