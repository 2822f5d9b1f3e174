"""Figures of experiments as PNG and PDF, and their numbers as JSON: the same numbers always make the same bytes."""

import dataclasses
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

DOTS_PER_INCH = 200
WIDTH = 6.9  # inches: the text of a page in two columns
SMALL = 7  # points
BLUE, ORANGE, VERMILION, INDIGO = "#0072B2", "#E69F00", "#D55E00", "#332288"  # Okabe & Ito; Tol
DARK, GREY, PALE = "#333333", "#8A8A8A", "#DEDEDE"
STYLE: dict[Any, Any] = {  # keys are matplotlib's own
    "font.family": ["DejaVu Sans"],
    "font.size": 8,
    "axes.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": 9,
    "axes.titlelocation": "left",
    "axes.labelsize": SMALL,
    "axes.axisbelow": True,
    "axes.grid": False,
    "grid.color": PALE,
    "grid.linewidth": 0.6,
    "xtick.labelsize": SMALL,
    "ytick.labelsize": SMALL,
    "xtick.major.size": 2,
    "ytick.major.size": 2,
    "legend.frameon": False,
    "legend.fontsize": SMALL,
    "pdf.fonttype": 42,  # TrueType: publishers refuse Type 3
}


@contextmanager
def style() -> Iterator[None]:
    """Draw with these settings, whatever those of the machine."""
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(STYLE)
        yield


def panels(rows: int, columns: int, height: float, **options: Any) -> tuple[Figure, list[list[Axes]]]:
    """A figure of rows of panels of that height in inches, each with a title at its left. To be called within `style()`."""
    figure = Figure(figsize=(WIDTH, rows * height), layout="constrained")
    return figure, figure.subplots(rows, columns, squeeze=False, **options).tolist()


def save(figure: Figure, folder: Path, name: str) -> list[Path]:
    """Write NAME.png and NAME.pdf, without dates; return their paths. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    png, pdf = folder / f"{name}.png", folder / f"{name}.pdf"
    figure.savefig(png, dpi=DOTS_PER_INCH)
    figure.savefig(pdf, metadata={"CreationDate": None})
    return [png, pdf]


def save_numbers(numbers: Any, folder: Path, name: str) -> Path:
    """Write a dataclass as NAME.json; return its path. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.json"
    path.write_text(json.dumps(dataclasses.asdict(numbers), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return path
