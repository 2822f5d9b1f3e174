"""Tables as one page that stands alone."""

from collections.abc import Iterator, Sequence
from html import escape

from analysis.render.wording import METHOD, PROMPT_SET, SHARES, TOTAL, caption, heading, percent
from analysis.tables import Block, Table
from analysis.tally import Share

STYLE = """\
body { margin: 2rem auto; max-width: 60rem; padding: 0 1rem; color: #1a1a1a; background: #fff; }
body { font: 1rem/1.5 system-ui, sans-serif; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; border-top: 2px solid; border-bottom: 2px solid; }
caption { text-align: left; padding: .5rem 0; }
th, td { padding: .25rem .75rem; text-align: left; vertical-align: top; font-weight: normal; }
thead th { font-weight: bold; }
tbody { border-top: 1px solid; }
td, thead th.share { text-align: right; font-variant-numeric: tabular-nums; }
.total { color: #555; }
.note { border-left: .4rem solid #b00020; padding: .25rem 1rem; font-weight: bold; }"""


def html_text(tables: Sequence[Table]) -> str:
    """An HTML page with a section for each study."""
    sections = "\n".join(line for table in tables for line in _section(table))
    return f"""\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Shares of votes</title>
<style>
{STYLE}
</style>
</head>
<body>
<main>
<h1>Shares of votes</h1>
{sections}
</main>
</body>
</html>
"""


def _section(table: Table) -> Iterator[str]:
    yield f"<section>\n<h2>{escape(table.study)}</h2>"
    for note in table.notes:
        yield f'<p class="note">{escape(note)}</p>'
    yield f'<div class="scroll" role="region" aria-label="{escape(table.study)}" tabindex="0">\n<table>'
    yield f"<caption>{escape(caption(table))}</caption>"
    yield from _head(table)
    for block in table.blocks:
        yield from _body(block)
    yield "</table>\n</div>\n</section>"


def _head(table: Table) -> Iterator[str]:
    yield "<thead>"
    yield f'<tr><th scope="col" rowspan="2">{PROMPT_SET}</th><th scope="col" rowspan="2">{METHOD}</th>'
    yield f'<th scope="colgroup" colspan="{len(table.criteria)}" class="share">{SHARES}</th></tr>'
    heads = (f'<th scope="col" class="share">{escape(heading(criterion))}</th>' for criterion in table.criteria)
    yield f"<tr>{''.join(heads)}</tr>"
    yield "</thead>"


def _body(block: Block) -> Iterator[str]:
    """A row group; its prompt set heads all its rows and the line of N."""
    yield "<tbody>"
    head = f'<th scope="rowgroup" rowspan="{len(block.rows) + 1}">{escape(block.prompt_set)}</th>'
    for row in block.rows:
        cells = "".join(f"<td>{_cell(share)}</td>" for share in row.shares)
        yield f'<tr>{head}<th scope="row">{escape(row.method)}</th>{cells}</tr>'
        head = ""
    totals = "".join(f"<td>{total}</td>" for total in block.totals)
    yield f'<tr class="total"><th scope="row">{TOTAL}</th>{totals}</tr>'
    yield "</tbody>"


def _cell(share: Share) -> str:
    return f"<strong>{percent(share)}</strong>" if share.best else percent(share)
