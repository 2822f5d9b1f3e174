"""The texts of a table's cells, as every printed rendering has them."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from analysis.render.style import TableStyle
from analysis.tables import Block
from analysis.tally import Interval, Share

MARKS = ((0.001, "***"), (0.01, "**"), (0.05, "*"))  # p below, the mark


@dataclass(frozen=True)
class Cell:
    """up, down: how far the interval reaches above and below the number; "" without an interval. few: from few clusters."""

    number: str
    best: bool
    up: str
    down: str
    few: bool
    mark: str


def rows_of(block: Block, style: TableStyle) -> list[tuple[Cell, ...]]:
    """The cells of each row of a block."""
    columns = zip(*(row.shares for row in block.rows), strict=True)
    return list(zip(*(_column(column, style) for column in columns), strict=True))


def _column(shares: Sequence[Share], style: TableStyle) -> list[Cell]:
    return [_cell(share, number, style) for share, number in zip(shares, style.numbers(shares), strict=True)]


def _cell(share: Share, number: str, style: TableStyle) -> Cell:
    mark = _mark(share.p) if style.marks else ""
    if share.interval is None or not style.shows_intervals:
        return Cell(number, share.best, "", "", few=False, mark=mark)
    up, down = _around(share.interval, float(100 * share.part))
    return Cell(number, share.best, up, down, bool(share.interval.warning), mark)


def _around(interval: Interval, percent: float) -> tuple[str, str]:
    """How far up and down, in points; alike as texts where they are alike but for the last bits."""
    up, down = interval.high - percent, percent - interval.low
    return f"{up:.2f}", f"{up if math.isclose(up, down, abs_tol=1e-9) else down:.2f}"


def _mark(p: float | None) -> str:
    return next((mark for level, mark in MARKS if p is not None and p < level), "")
