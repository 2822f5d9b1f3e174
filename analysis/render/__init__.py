"""Tables as files: for programs, for papers, for reading."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from analysis.render.as_csv import csv_text
from analysis.render.as_html import html_text
from analysis.render.as_latex import latex_text
from analysis.render.as_markdown import markdown_text
from analysis.render.style import PLAIN, TableStyle
from analysis.split_ties import TIES
from analysis.tables import Table

__all__ = ["PLAIN", "RENDERINGS", "Rendering", "TableStyle", "rendered", "styled", "write_tables", "write_texts"]

Rendering = Callable[[Sequence[Table], TableStyle], str]

RENDERINGS: dict[str, Rendering] = {
    "tables.csv": csv_text,
    "tables.tex": latex_text,
    "tables.md": markdown_text,
    "tables.html": html_text,
}


def rendered(name: str, tables: Sequence[Table], style: TableStyle = PLAIN) -> str:
    """The text of one of the RENDERINGS; the tables have ties as a row, as `table_of` makes them."""
    return RENDERINGS[name](styled(tables, style), style)


def styled(tables: Sequence[Table], style: TableStyle) -> list[Table]:
    """The tables with ties as the style has them."""
    return [TIES[style.ties](table) for table in tables]


def write_tables(tables: Sequence[Table], folder: Path, style: TableStyle = PLAIN) -> list[Path]:
    """Write every rendering into the folder, which is made if missing; return the files' paths.

    Nothing is written before all is rendered, and each file appears whole. Raises OSError.
    """
    return write_texts({name: rendered(name, tables, style) for name in RENDERINGS}, folder)


def write_texts(texts: Mapping[str, str], folder: Path) -> list[Path]:
    """Write each text into the file of its name in the folder, which is made if missing; return the files' paths."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        unfinished = folder / f".{name}.unfinished"
        unfinished.write_text(text, encoding="utf-8", newline="")
        unfinished.replace(folder / name)
    return [folder / name for name in texts]
