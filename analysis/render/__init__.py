"""Tables as files: CSV for programs, LaTeX for the paper, Markdown and HTML for reading."""

from collections.abc import Sequence
from pathlib import Path

from analysis.render.as_csv import csv_text
from analysis.render.as_html import html_text
from analysis.render.as_latex import latex_text
from analysis.render.as_markdown import markdown_text
from analysis.tables import Table

RENDERINGS = {
    "tables.csv": csv_text,
    "tables.tex": latex_text,
    "tables.md": markdown_text,
    "tables.html": html_text,
}


def write_tables(tables: Sequence[Table], folder: Path) -> list[Path]:
    """Write every rendering into the folder, which is made if missing; return the files' paths.

    Nothing is written before all is rendered, and each file appears whole. Raises OSError.
    """
    texts = {folder / name: render(tables) for name, render in RENDERINGS.items()}
    folder.mkdir(parents=True, exist_ok=True)
    for path, text in texts.items():
        unfinished = path.with_name(f".{path.name}.unfinished")
        unfinished.write_text(text, encoding="utf-8", newline="")
        unfinished.replace(path)
    return list(texts)
