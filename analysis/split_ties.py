"""The other convention of ties: no row of their own, each split equally among the conditions shown."""

from dataclasses import replace

from analysis.tables import Block, Row, Table
from analysis.tally import TIE, Share, with_best


def as_a_row(table: Table) -> Table:
    """No clear winner keeps the first row of each block."""
    return table


def split_ties(table: Table) -> Table:
    """The table without rows of no clear winner: its votes are added to those of the conditions that they were shown."""
    return replace(table, blocks=tuple(map(_split, table.blocks)), splits_ties=True)


def _split(block: Block) -> Block:
    conditions = [row for number, row in enumerate(block.rows) if number != TIE]
    columns = zip(*(row.shares for row in conditions), strict=True)
    cells = [
        with_best([_with_ties(share, total) for share in column]) for column, total in zip(columns, block.totals, strict=True)
    ]
    rows = zip(conditions, zip(*cells, strict=True), strict=True)
    return replace(block, rows=tuple(Row(row.method, shares) for row, shares in rows))


def _with_ties(share: Share, total: int) -> Share:
    """p stays where all were shown always: there, splitting changes no difference between two conditions."""
    return replace(
        share,
        votes=share.votes + share.ties,
        interval=share.interval_if_split,
        p=share.p if share.total == total else None,
    )


TIES = {"row": as_a_row, "split": split_ties}
