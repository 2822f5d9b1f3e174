"""Tables for programs: one line per row of a table."""

import csv
import io
from collections.abc import Iterator, Sequence
from decimal import Decimal

from analysis.render.style import TableStyle
from analysis.render.wording import excluded
from analysis.rounding import ROUNDINGS
from analysis.tables import Block, Table
from analysis.tally import Share

Fields = dict[str, object]


def csv_text(tables: Sequence[Table], style: TableStyle) -> str:
    """study, prompt_set, method, then per criterion its percent, votes and total, then rehearsal (1 or 0) and two texts.

    The texts are `unscreened`, and `excluded`: which votes are not counted, and why. A style with intervals adds low and high
    to each criterion, one with marks p; tables by subset add `subset` at the end. Fields of a criterion that a study does not
    ask are empty.
    """
    criteria = list(dict.fromkeys(criterion for table in tables for criterion in table.criteria))
    measures = [f"{criterion}_{measure}" for criterion in criteria for measure in _measures(style)]
    last = ["rehearsal", "unscreened", "excluded", *_subset(tables)]
    out = io.StringIO()
    writer = csv.DictWriter(
        out, ["study", "prompt_set", "method", *measures, *last], lineterminator="\n", extrasaction="ignore", restval=""
    )
    writer.writeheader()
    for table in tables:
        for block in table.blocks:
            writer.writerows(_lines(table, block, style))
    return out.getvalue()


def _measures(style: TableStyle) -> tuple[str, ...]:
    return ("percent", "votes", "total", *("low", "high") * style.intervals, *("p",) * style.marks)


def _subset(tables: Sequence[Table]) -> list[str]:
    return ["subset"] if any(block.subset for table in tables for block in table.blocks) else []


def _lines(table: Table, block: Block, style: TableStyle) -> Iterator[Fields]:
    columns = (ROUNDINGS[style.rounding](column) for column in zip(*(row.shares for row in block.rows), strict=True))
    of_table = {"study": table.study, "rehearsal": int(table.rehearsal), "unscreened": table.unscreened}
    for row, percents in zip(block.rows, zip(*columns, strict=True), strict=True):
        line: Fields = {"prompt_set": block.prompt_set, "subset": block.subset, "method": row.method, **of_table}
        line["excluded"] = excluded(table)
        for criterion, share, percent in zip(table.criteria, row.shares, percents, strict=True):
            line |= {f"{criterion}_{measure}": value for measure, value in _fields(share, percent).items()}
        yield line


def _fields(share: Share, percent: Decimal | None) -> Fields:
    """None is written as an empty field, a fraction of a vote as a decimal number."""
    interval = share.interval
    return {
        "percent": percent,
        "votes": share.votes if isinstance(share.votes, int) else float(share.votes),
        "total": share.total,
        "low": interval and interval.low,
        "high": interval and interval.high,
        "p": share.p,
    }
