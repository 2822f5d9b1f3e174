"""All that is written for papers compiles with a plain pdflatex."""

import subprocess
from itertools import product

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
    duels = tuple(Duel((SPECIAL, "SD"), "quality", prompt_set, 3, 2, 1, 0) for prompt_set in ("Hand", SPECIAL))
    parts.append(latex_text([StudyDuels(tables[0], ("SD", SPECIAL), duels)]))
    (folder / "all.tex").write_text("\n".join([HEAD, *parts, r"\end{document}"]), encoding="utf-8")
    command = ["pdflatex", "-halt-on-error", "-interaction=nonstopmode", "all.tex"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, errors="replace", check=False)
    assert done.returncode == 0, done.stdout[-2000:]
    return done.stdout


def test_every_table_in_every_style_compiles(log: str) -> None:
    assert "Output written on all.pdf" in log


def test_no_letter_is_lost(log: str) -> None:
    assert "Missing character" not in log
