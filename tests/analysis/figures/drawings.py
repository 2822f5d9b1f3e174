"""Figures as tests look at them."""

from io import BytesIO
from types import ModuleType

from matplotlib.figure import Figure

from analysis.report import StudyReport


def drawn(drawing: ModuleType, report: StudyReport) -> Figure:
    """The figure, which there must be; to be called within `style()`."""
    figure = drawing.draw(report)
    assert isinstance(figure, Figure)
    return figure


def svg_of(figure: Figure) -> str:
    """In which every text stands in a comment too."""
    file = BytesIO()
    figure.savefig(file, format="svg")
    return file.getvalue().decode()
