"""Matrices of wins, ties and losses as files: for programs, for papers, for reading."""

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from html import escape
from pathlib import Path

from analysis.render import write_texts
from analysis.render.as_html import CLOSED, opened, page
from analysis.render.as_latex import PREAMBLE, cleared, tall
from analysis.render.as_markdown import escaped as in_markdown
from analysis.render.as_markdown import line
from analysis.render.latex_escape import OTHER_LETTER
from analysis.render.latex_escape import escaped as in_latex
from analysis.render.matrices import Matrix, StudyDuels, matrices
from analysis.render.wording import METHOD, PROMPT_SET

COLUMNS = ("study", "prompt_set", "criterion", "method", "against", "wins", "ties", "losses", "others")
OF_STUDY = ("rehearsal", "unscreened")
SIZES = ((6, r"\scriptsize", "2pt"), (4, r"\footnotesize", "3pt"), (3, r"\small", "4pt"))  # from how many conditions on


def csv_text(studies: Sequence[StudyDuels]) -> str:
    """A line for each two conditions, criterion and prompt set; others are votes for a third condition."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([*COLUMNS, *OF_STUDY])
    for study in studies:
        table = study.table
        for duel in study.duels:
            results = (duel.wins, duel.ties, duel.losses, duel.others)
            names = (table.study, duel.prompt_set, duel.criterion, *duel.pair)
            writer.writerow([*names, *results, int(table.rehearsal), table.unscreened])
    return out.getvalue()


def latex_text(studies: Sequence[StudyDuels]) -> str:
    r"""A fragment to \input, as tables.tex."""
    preamble = PREAMBLE.replace("Shares of votes", "Wins, ties and losses").replace("{tables}", "{duels}")
    floats = ("\n".join(_float(matrix)) for matrix in matrices(studies))
    return "\n".join([preamble, OTHER_LETTER, *cleared(floats), ""])


def _float(matrix: Matrix) -> Iterator[str]:
    heads = " & ".join(map(in_latex, matrix.conditions))
    yield "\n" + r"\begin{table}[htbp]" + "\n" + r"\centering"
    for note in matrix.notes:
        yield rf"\textbf{{{in_latex(note)}}}\par\smallskip"
    yield rf"{{{_size(len(matrix.conditions))}\begin{{tabular}}{{ll{'c' * len(matrix.conditions)}}}" + "\n" + r"\toprule"
    yield rf"{PROMPT_SET} & {METHOD} & {heads} \\"
    for prompt_set, rows in matrix.blocks:
        yield r"\midrule"
        head = tall(len(rows), in_latex(prompt_set))
        for condition, cells in rows:
            yield rf"{head} & {in_latex(condition)} & {' & '.join(map(_narrow, cells))} \\"
            head = ""
    yield r"\bottomrule" + "\n" + r"\end{tabular}\par}"
    yield rf"\caption{{{in_latex(matrix.title)}. {in_latex(matrix.caption)}}}" + "\n" + r"\end{table}"


def _size(conditions: int) -> str:
    """Letters and gaps with which so many columns of three numbers fit on a page of LaTeX's article."""
    return next((f"{letters}\\setlength{{\\tabcolsep}}{{{gap}}}" for fewest, letters, gap in SIZES if conditions >= fewest), "")


def _narrow(cell: str) -> str:
    return in_latex(cell.replace(" ", ""))


def markdown_text(studies: Sequence[StudyDuels]) -> str:
    """A section for each study and criterion."""
    return "\n".join(text for matrix in matrices(studies) for text in _section(matrix))


def _section(matrix: Matrix) -> Iterator[str]:
    yield f"## {in_markdown(matrix.title)}\n"
    for note in matrix.notes:
        yield f"> **{in_markdown(note)}**\n"
    yield f"{in_markdown(matrix.explanation)}\n"
    yield line([PROMPT_SET, METHOD, *map(in_markdown, matrix.conditions)])
    yield line([":---", ":---", *(":---:" for _ in matrix.conditions)])
    for prompt_set, rows in matrix.blocks:
        head = in_markdown(prompt_set)
        for condition, cells in rows:
            yield line([head, in_markdown(condition), *cells])
            head = ""
    yield ""


def html_text(studies: Sequence[StudyDuels]) -> str:
    """A page with a section for each study and criterion."""
    sections = (
        f"<section>\n<h2>{escape(matrix.title)}</h2>\n{_notes(matrix)}{table_html(matrix)}\n</section>"
        for matrix in matrices(studies)
    )
    return page("Wins, ties and losses", "\n".join(sections))


def _notes(matrix: Matrix) -> str:
    return "".join(f'<p class="note">{escape(note)}</p>\n' for note in matrix.notes)


def table_html(matrix: Matrix) -> str:
    """The matrix alone, with its explanation, for a page with TABLE_STYLE."""
    return "\n".join(_table(matrix))


def _table(matrix: Matrix) -> Iterator[str]:
    heads = "".join(f'<th scope="col" class="share">{escape(condition)}</th>' for condition in matrix.conditions)
    yield from opened(matrix.title, matrix.explanation, matrix.notes)
    yield f'<thead>\n<tr><th scope="col">{PROMPT_SET}</th><th scope="col">{METHOD}</th>{heads}</tr>\n</thead>'
    for prompt_set, rows in matrix.blocks:
        yield "<tbody>"
        head = f'<th scope="rowgroup" rowspan="{len(rows)}">{escape(prompt_set)}</th>'
        for condition, cells in rows:
            fields = "".join(f"<td>{cell}</td>" for cell in cells)
            yield f'<tr>{head}<th scope="row">{escape(condition)}</th>{fields}</tr>'
            head = ""
        yield "</tbody>"
    yield CLOSED


DUEL_RENDERINGS: dict[str, Callable[[Sequence[StudyDuels]], str]] = {
    "duels.csv": csv_text,
    "duels.tex": latex_text,
    "duels.md": markdown_text,
    "duels.html": html_text,
}


def write_duels(studies: Sequence[StudyDuels], folder: Path) -> list[Path]:
    """Write every rendering into the folder, as `write_tables` does. Raises OSError."""
    return write_texts({name: render(studies) for name, render in DUEL_RENDERINGS.items()}, folder)
