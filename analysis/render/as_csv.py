"""Tables for programs: one line per row of a table."""

import csv
import io
from collections.abc import Iterator, Sequence

from analysis.render.wording import excluded
from analysis.tables import Block, Row, Table
from analysis.tally import Share


def csv_text(tables: Sequence[Table]) -> str:
    """study, prompt_set, method, then per criterion its percent, votes and total, then rehearsal (1 or 0) and two texts.

    The texts are `unscreened`, and `excluded`: which votes are not counted, and why. Fields of a criterion that a study does
    not ask are empty.
    """
    criteria = list(dict.fromkeys(criterion for table in tables for criterion in table.criteria))
    measures = [f"{criterion}_{measure}" for criterion in criteria for measure in ("percent", "votes", "total")]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["study", "prompt_set", "method", *measures, "rehearsal", "unscreened", "excluded"])
    for table in tables:
        writer.writerows(_line(table, block, row, criteria) for block in table.blocks for row in block.rows)
    return out.getvalue()


def _line(table: Table, block: Block, row: Row, criteria: list[str]) -> list[str]:
    shares = dict(zip(table.criteria, row.shares, strict=True))
    fields = [field for criterion in criteria for field in _fields(shares.get(criterion))]
    return [table.study, block.prompt_set, row.method, *fields, str(int(table.rehearsal)), table.unscreened, excluded(table)]


def _fields(share: Share | None) -> Iterator[str]:
    if share is None:
        yield from ("", "", "")
        return
    yield "" if share.percent is None else str(share.percent)
    yield str(share.votes)
    yield str(share.total)
