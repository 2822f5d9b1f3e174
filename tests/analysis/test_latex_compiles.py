"""All that is written for papers compiles with a plain pdflatex."""

import subprocess
from itertools import combinations, product
from pathlib import Path

import pytest

from analysis.duels import Duel
from analysis.render import TableStyle, rendered
from analysis.render.duel_files import latex_text
from analysis.render.matrices import StudyDuels
from tests.analysis.tables_made import table_of_conditions

SPECIAL = r"""\{}#$&_%~^<>|"`'-- ?` ‘’“” – — … ł ß é ﬁ ∞ α 手 🙂 [x] @!*"""
HEAD = r"\documentclass{article}\usepackage{booktabs}\usepackage{multirow}\begin{document}"
CONDITIONS = ("SD", "SD+DNP", "SD+auto-DNP", SPECIAL)
STYLES = [
    TableStyle(ties, rounding, intervals, marks, counts)
    for ties, rounding, (intervals, marks, counts) in product(
        ("row", "split"), ("each", "largest-remainder"), [(False, False, False), (True, True, False), (False, True, True)]
    )
]


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> str:
    r"""What pdflatex says of a document with every table in every style, and the duels; stops at the first error."""
    folder = tmp_path_factory.mktemp("latex")
    tables = [table_of_conditions(*CONDITIONS[-number:], study=SPECIAL, prompt_set=SPECIAL) for number in (2, 3, 4)]
    parts = [rendered("tables.tex", tables, style) + r"\clearpage" for style in STYLES]
    duels = (Duel((SPECIAL, "SD"), "quality", SPECIAL, 3, 2, 1, 0),)
    parts.append(latex_text([StudyDuels(tables[0], ("SD", SPECIAL), duels)]))
    return log_of(parts, folder)


def log_of(parts: list[str], folder: Path) -> str:
    (folder / "all.tex").write_text("\n".join([HEAD, *parts, r"\end{document}"]), encoding="utf-8")
    command = ["pdflatex", "-halt-on-error", "-interaction=nonstopmode", "all.tex"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, errors="replace", check=False)
    assert done.returncode == 0, done.stdout[-2000:]
    return done.stdout


def test_every_table_in_every_style_compiles(log: str) -> None:
    assert "Output written on all.pdf" in log


def duels_of(*conditions: str) -> StudyDuels:
    """Every two conditions' duels with numbers of two digits."""
    duels = tuple(Duel(pair, "quality", "Human", 53, 50, 41, 0) for pair in combinations(conditions, 2))
    return StudyDuels(table_of_conditions(*conditions, prompt_set="Human"), conditions, duels)


@pytest.mark.parametrize("number", [2, 3, 4, 5, 6])
def test_duels_of_many_conditions_are_no_wider_than_a_page(number: int, tmp_path: Path) -> None:
    names = ("SD", "SD+DNP", "SD+auto-DNP", "SD+neg", "PixArt", "SDXL")[:number]
    assert "Overfull \\hbox" not in log_of([latex_text([duels_of(*names)])], tmp_path)


def test_more_tables_than_latex_holds_back_compile(tmp_path: Path) -> None:
    tables = [table_of_conditions("SD", "SD+DNP", study=f"study {number}") for number in range(60)]
    duels = [duels_of("SD", "SD+DNP")] * 60
    assert "Output written" in log_of([rendered("tables.tex", tables), latex_text(duels)], tmp_path)


def test_no_letter_is_lost(log: str) -> None:
    assert "Missing character" not in log
