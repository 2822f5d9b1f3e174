r"""Tables for a paper: booktabs, one `table` float for each.

Letters that pdflatex has no font for keep their place by number there, and appear under LuaLaTeX and XeLaTeX.
"""

from collections.abc import Iterable, Iterator, Sequence

from analysis.render.latex_escape import OTHER_LETTER, escaped
from analysis.render.printed import Cell, rows_of
from analysis.render.style import TableStyle
from analysis.render.wording import METHOD, PROMPT_SET, TOTAL, block_heading, caption, columns_heading, heading, title
from analysis.tables import Block, Table

PREAMBLE = r"""% Shares of votes, made by python -m analysis report. In an article:
%   \usepackage{booktabs}
%   \usepackage{multirow}
%   ...
%   \input{tables}
% Compiles with a plain pdflatex."""
FLOATS_AT_ONCE = 20  # LaTeX holds 52 back at most, those of the article and of another file of tables too


def latex_text(tables: Sequence[Table], style: TableStyle) -> str:
    r"""A fragment to \input."""
    floats = ("\n".join(_float(table, style)) for table in tables)
    return "\n".join([PREAMBLE, OTHER_LETTER, *cleared(floats), ""])


def cleared(floats: Iterable[str]) -> Iterator[str]:
    """The floats, with the order to print them all after every few: LaTeX stops at more than it can hold back."""
    for number, text in enumerate(floats, start=1):
        yield text
        if number % FLOATS_AT_ONCE == 0:
            yield "\n" + r"\clearpage"


def _float(table: Table, style: TableStyle) -> Iterator[str]:
    yield "\n" + r"\begin{table}[htbp]" + "\n" + r"\centering"
    for note in table.notes:
        yield rf"\textbf{{{escaped(note)}}}\par\smallskip"
    yield from _tabular(table, style)
    yield rf"\caption{{{escaped(title(table))}. {escaped(caption(table, style))}}}"
    yield r"\end{table}"


def _tabular(table: Table, style: TableStyle) -> Iterator[str]:
    """Each criterion has a column for its numbers, and one beside it for what the style prints beside them."""
    width = 2 if style.has_extras else 1
    columns = len(table.criteria) * width
    specification = ("r@{\\,}l" if style.has_extras else "r") * len(table.criteria)
    heads = " & ".join(spanning(width, escaped(heading(criterion))) for criterion in table.criteria)
    yield rf"\begin{{tabular}}{{ll{specification}}}" + "\n" + r"\toprule"
    yield rf"{tall(2, PROMPT_SET)} & {tall(2, METHOD)} & \multicolumn{{{columns}}}{{c}}{{{columns_heading(style)}}} \\"
    yield rf"\cmidrule(lr){{3-{2 + columns}}}"
    yield rf" & & {heads} \\"
    for block in table.blocks:
        yield from _block(block, style)
    yield r"\bottomrule" + "\n" + r"\end{tabular}"


def _block(block: Block, style: TableStyle) -> Iterator[str]:
    between = " & & " if style.has_extras else " & "
    cell = _cell_and_extras if style.has_extras else _cell
    yield r"\midrule"
    head = tall(len(block.rows) + 1, escaped(block_heading(block)))
    for row, cells in zip(block.rows, rows_of(block, style), strict=True):
        yield rf"{head} & {escaped(row.method)} & {' & '.join(map(cell, cells))} \\"
        head = ""
    yield rf" & {TOTAL} & {between.join(map(str, block.totals))} \\"


def tall(rows: int, text: str) -> str:
    """A cell over some rows."""
    return rf"\multirow{{{rows}}}{{*}}{{{text}}}"


def spanning(columns: int, text: str) -> str:
    """A head over some columns."""
    return text if columns == 1 else rf"\multicolumn{{{columns}}}{{c}}{{{text}}}"


def _cell(cell: Cell) -> str:
    text = escaped(cell.number)
    return rf"\textbf{{{text}}}" if cell.best else text


def _cell_and_extras(cell: Cell) -> str:
    raised = r"\dagger" * cell.few + cell.mark
    return f"{_cell(cell)} & {_around(cell)}{f'$^{{{raised}}}$' if raised else ''}"


def _around(cell: Cell) -> str:
    if not cell.up:
        return ""
    interval = rf"\pm{cell.up}" if cell.up == cell.down else f"^{{+{cell.up}}}_{{-{cell.down}}}"
    return rf"{{\scriptsize${interval}$}}"
