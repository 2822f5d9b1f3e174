"""A figure as the bytes of a PDF, an SVG and a PNG: the same figure always makes the same bytes."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure

DOTS_PER_INCH = 200
STYLE: dict[Any, Any] = {  # keys are matplotlib's own
    "font.family": ["DejaVu Sans"],
    "font.size": 8,
    "text.parse_math": False,  # a name may hold dollars
    "text.usetex": False,
    "axes.unicode_minus": True,
    "axes.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": 9,
    "axes.titleweight": "normal",  # a second font would double the time of every PDF
    "axes.titlelocation": "left",
    "axes.axisbelow": True,
    "hatch.linewidth": 0.5,
    "legend.frameon": False,
    "pdf.fonttype": 42,  # TrueType: publishers refuse Type 3
    "svg.fonttype": "path",  # the same letters where the font is missing
    "svg.hashsalt": "figures",  # else the names inside an SVG are drawn anew each time
    "path.simplify": False,
}


@dataclass(frozen=True)
class Picture:
    """A figure with its name as a file, its title, and what it shows in words for those who cannot see it."""

    name: str
    title: str
    alt: str
    pdf: bytes
    svg: bytes
    png: bytes


@contextmanager
def style() -> Iterator[None]:
    """Draw with these settings, whatever those of the machine."""
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(STYLE)
        yield


def picture(name: str, title: str, alt: str, figure: Figure) -> Picture:
    """The figure in every format; dates are left out. To be called within `style()`."""
    pdf, svg, png = BytesIO(), BytesIO(), BytesIO()
    figure.savefig(pdf, format="pdf", metadata={"Title": title, "CreationDate": None})
    figure.savefig(svg, format="svg", metadata={"Title": title, "Description": alt, "Date": None})
    figure.savefig(png, format="png", dpi=DOTS_PER_INCH, metadata={"Title": title, "Description": alt})
    return Picture(name, title, alt, pdf.getvalue(), svg.getvalue(), png.getvalue())
