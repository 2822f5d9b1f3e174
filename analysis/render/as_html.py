"""Tables as one page that stands alone, or as sections of a page."""

from collections.abc import Iterator, Sequence
from html import escape

from analysis.render.printed import Cell, rows_of
from analysis.render.style import TableStyle
from analysis.render.wording import (
    METHOD,
    PROMPT_SET,
    TOTAL,
    beside,
    block_heading,
    columns_heading,
    explanation,
    heading,
    title,
)
from analysis.tables import Block, Table

TABLE_STYLE = """\
.scroll { overflow-x: auto; }
table.votes { border-collapse: collapse; border-top: 2px solid; border-bottom: 2px solid; }
figure.votes-figure { margin: 0; }
.votes-figure figcaption { max-width: 46rem; padding: .5rem 0; font-size: 1rem; color: inherit; overflow-wrap: anywhere; }
.votes caption { text-align: left; padding: .25rem 0; font-weight: bold; }
.votes th, .votes td { padding: .25rem .75rem; text-align: left; vertical-align: top; font-weight: normal; }
.votes thead th { font-weight: bold; }
.votes thead th[scope=colgroup] { text-align: center; }
.votes tbody { border-top: 1px solid; }
.votes td, .votes thead th.share { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.votes td.beside { text-align: left; padding-left: 0; font-size: .8em; line-height: 1.875; }
.votes td:has(+ td.beside) { padding-right: .25rem; }
.votes .total { color: #555; }
.note { border-left: .4rem solid #b00020; padding: .25rem 1rem; font-weight: bold; }"""
CLOSED = "</table>\n</div>\n</figure>"
PAGE_STYLE = """\
body { margin: 2rem auto; max-width: 60rem; padding: 0 1rem; color: #1a1a1a; background: #fff; }
body { font: 1rem/1.5 system-ui, sans-serif; }"""


def html_text(tables: Sequence[Table], style: TableStyle) -> str:
    """An HTML page with a section for each table."""
    return page("Shares of votes", "\n".join(section(table, style) for table in tables))


def page(title: str, body: str) -> str:
    """A page that stands alone; the body is HTML."""
    return f"""\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
{PAGE_STYLE}
{TABLE_STYLE}
</style>
</head>
<body>
<main>
<h1>{title}</h1>
{body}
</main>
</body>
</html>
"""


def section(table: Table, style: TableStyle) -> str:
    """A heading, the notes and the table, for a page with TABLE_STYLE."""
    return "\n".join(_section(table, style))


def _section(table: Table, style: TableStyle) -> Iterator[str]:
    yield f"<section>\n<h2>{escape(title(table))}</h2>"
    for note in table.notes:
        yield f'<p class="note">{escape(note)}</p>'
    yield table_html(table, style)
    yield "</section>"


def table_html(table: Table, style: TableStyle) -> str:
    """The table alone, with its explanation, for a page with TABLE_STYLE."""
    return "\n".join(_table(table, style))


def _table(table: Table, style: TableStyle) -> Iterator[str]:
    yield from opened(title(table), explanation(table, style), table.notes)
    yield from _head(table, style)
    for block in table.blocks:
        yield from _body(block, style)
    yield CLOSED


def opened(title: str, explanation: str, notes: Sequence[str]) -> Iterator[str]:
    """The beginning of a table, up to CLOSED. What explains it stands before the box in which a wide table scrolls.

    The caption scrolls with the table, and so is short; it has the notes, for a table that is copied keeps it.
    """
    words = " ".join([*(f"{note}." for note in notes), title])
    yield f'<figure class="votes-figure">\n<figcaption>{escape(explanation)}</figcaption>'
    yield f'<div class="scroll" role="region" aria-label="{escape(title)}" tabindex="0">\n<table class="votes">'
    yield f"<caption>{escape(words)}</caption>"


def _head(table: Table, style: TableStyle) -> Iterator[str]:
    """A criterion heads the numbers, and what the style prints beside them."""
    width = 2 if style.has_extras else 1
    columns = width * len(table.criteria)
    of_criterion = 'scope="colgroup" colspan="2"' if style.has_extras else 'scope="col" class="share"'
    yield "<thead>"
    yield f'<tr><th scope="col" rowspan="2">{PROMPT_SET}</th><th scope="col" rowspan="2">{METHOD}</th>'
    yield f'<th scope="colgroup" colspan="{columns}">{columns_heading(style)}</th></tr>'
    heads = (f"<th {of_criterion}>{escape(heading(criterion))}</th>" for criterion in table.criteria)
    yield f"<tr>{''.join(heads)}</tr>"
    yield "</thead>"


def _body(block: Block, style: TableStyle) -> Iterator[str]:
    """A row group; its prompt set heads all its rows and the line of N."""
    cell = _cell_and_extras if style.has_extras else _cell
    yield "<tbody>"
    head = f'<th scope="rowgroup" rowspan="{len(block.rows) + 1}">{escape(block_heading(block))}</th>'
    for row, cells in zip(block.rows, rows_of(block, style), strict=True):
        yield f'<tr>{head}<th scope="row">{escape(row.method)}</th>{"".join(map(cell, cells))}</tr>'
        head = ""
    after = "<td></td>" if style.has_extras else ""
    totals = "".join(f"<td>{total}</td>{after}" for total in block.totals)
    yield f'<tr class="total"><th scope="row">{TOTAL}</th>{totals}</tr>'
    yield "</tbody>"


def _cell(cell: Cell) -> str:
    return f"<td><strong>{cell.number}</strong></td>" if cell.best else f"<td>{cell.number}</td>"


def _cell_and_extras(cell: Cell) -> str:
    return f'{_cell(cell)}<td class="beside">{beside(cell)}</td>'
