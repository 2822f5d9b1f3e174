r"""Tables for a paper: booktabs, one `table` float for each study.

Letters that pdflatex has no font for keep their place by number there, and appear under LuaLaTeX and XeLaTeX.
"""

from collections.abc import Iterator, Sequence

from analysis.render.latex_escape import OTHER_LETTER, escaped
from analysis.render.wording import METHOD, PROMPT_SET, SHARES, TOTAL, caption, heading, percent
from analysis.tables import Block, Table
from analysis.tally import Share

PREAMBLE = r"""% Shares of votes, made by python -m analysis report. In an article:
%   \usepackage{booktabs}
%   \usepackage{multirow}
%   ...
%   \input{tables}
% Compiles with a plain pdflatex."""


def latex_text(tables: Sequence[Table]) -> str:
    r"""A fragment to \input."""
    return "\n".join([PREAMBLE, OTHER_LETTER, *(line for table in tables for line in _float(table)), ""])


def _float(table: Table) -> Iterator[str]:
    yield "\n" + r"\begin{table}[htbp]" + "\n" + r"\centering"
    for note in table.notes:
        yield rf"\textbf{{{escaped(note)}}}\par\smallskip"
    yield from _tabular(table)
    yield rf"\caption{{{escaped(table.study)}. {escaped(caption(table))}}}"
    yield r"\end{table}"


def _tabular(table: Table) -> Iterator[str]:
    columns = len(table.criteria)
    heads = " & ".join(escaped(heading(criterion)) for criterion in table.criteria)
    yield rf"\begin{{tabular}}{{ll{'r' * columns}}}" + "\n" + r"\toprule"
    yield rf"{_tall(2, PROMPT_SET)} & {_tall(2, METHOD)} & \multicolumn{{{columns}}}{{c}}{{{SHARES}}} \\"
    yield rf"\cmidrule(lr){{3-{2 + columns}}}"
    yield rf" & & {heads} \\"
    for block in table.blocks:
        yield from _block(block)
    yield r"\bottomrule" + "\n" + r"\end{tabular}"


def _block(block: Block) -> Iterator[str]:
    yield r"\midrule"
    head = _tall(len(block.rows) + 1, escaped(block.prompt_set))
    for row in block.rows:
        yield rf"{head} & {escaped(row.method)} & {' & '.join(map(_cell, row.shares))} \\"
        head = ""
    yield rf" & {TOTAL} & {' & '.join(map(str, block.totals))} \\"


def _tall(rows: int, text: str) -> str:
    return rf"\multirow{{{rows}}}{{*}}{{{text}}}"


def _cell(share: Share) -> str:
    text = escaped(percent(share))
    return rf"\textbf{{{text}}}" if share.best else text
