"""Tables in GitHub's Markdown."""

import re
from collections.abc import Iterator, Sequence

from analysis.render.printed import Cell, rows_of
from analysis.render.style import TableStyle
from analysis.render.wording import METHOD, PROMPT_SET, TOTAL, beside, block_heading, explanation, heading, title
from analysis.tables import Block, Table

SPECIAL = re.compile(r"[\\`*_\[\]<>|~$#]|&(?=#?\w+;)")


def markdown_text(tables: Sequence[Table], style: TableStyle) -> str:
    """A section for each table."""
    return "\n".join(line for table in tables for line in _section(table, style))


def _section(table: Table, style: TableStyle) -> Iterator[str]:
    yield f"## {escaped(title(table))}\n"
    for note in table.notes:
        yield f"> **{escaped(note)}**\n"
    yield f"{escaped(explanation(table, style))}\n"
    yield line([PROMPT_SET, METHOD, *(escaped(heading(criterion)) for criterion in table.criteria)])
    yield line([":---", ":---", *("---:" for _ in table.criteria)])
    for block in table.blocks:
        yield from _lines(block, style)
    yield ""


def _lines(block: Block, style: TableStyle) -> Iterator[str]:
    """The prompt set stands beside its first row alone."""
    name = escaped(block_heading(block))
    for row, cells in zip(block.rows, rows_of(block, style), strict=True):
        yield line([name, escaped(row.method), *map(_cell, cells)])
        name = ""
    yield line(["", TOTAL, *map(str, block.totals)])


def line(cells: Sequence[str]) -> str:
    """A row of a table."""
    return f"| {' | '.join(cells)} |"


def _cell(cell: Cell) -> str:
    number = f"**{cell.number}**" if cell.best else cell.number
    return f"{number} {escaped(beside(cell))}".rstrip()


def escaped(text: str) -> str:
    """Any text as Markdown."""
    return SPECIAL.sub(r"\\\g<0>", text)
