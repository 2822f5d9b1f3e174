"""Names as figures print them: one line, not too long, in letters that the font has."""

from functools import cache
from pathlib import Path

import matplotlib as mpl
from matplotlib.font_manager import FontProperties
from matplotlib.ft2font import FT2Font
from matplotlib.textpath import TextToPath

POINTS_PER_INCH = 72
FONTS = ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf")  # they come with matplotlib, so figures are the same everywhere


@cache
def _letters() -> frozenset[int]:
    """The Unicode numbers that both fonts have."""
    folder = Path(mpl.get_data_path()) / "fonts" / "ttf"
    regular, bold = (frozenset(FT2Font(str(folder / name)).get_charmap()) for name in FONTS)
    return regular & bold


def printable(text: str) -> str:
    """One line; a letter that the font lacks is written as its Unicode number, as pdflatex does in tables."""
    line = " ".join(text.split())
    return "".join(letter if ord(letter) in _letters() else f"[U+{ord(letter):04X}]" for letter in line)


def shortened(text: str, most: int) -> str:
    """The printable text, its middle left out where it is longer; names often differ at their ends."""
    text = printable(text)
    if len(text) <= most:
        return text
    end = (most - 1) // 2
    return f"{text[: most - 1 - end].rstrip()}…{text[-end:].lstrip()}"


def width(text: str, size: float) -> float:
    """How wide a text is in the regular font of this size in points, in inches."""
    points, _, _ = TextToPath().get_text_width_height_descent(text, FontProperties(size=size), ismath=False)
    return float(points) / POINTS_PER_INCH
