import sys
from xml.etree import ElementTree

import matplotlib as mpl

from analysis.figures.power import power_figure
from analysis.power import USUAL, USUAL_PLAN, Assumptions, Plan, Split
from analysis.power_report import power_report

TEN_POINTS = Assumptions(Split(0.45, 0.35), USUAL)


def test_the_figure_says_its_numbers_to_those_who_cannot_see_it() -> None:
    report = power_report(USUAL_PLAN, TEN_POINTS, simulations=50, seed=0)
    drawn = power_figure(report)
    assert drawn.alt.startswith(f"Power by comparisons: 25: {report.curve[0].power:.2f}, 50: ")
    assert drawn.alt in "".join(ElementTree.fromstring(drawn.svg).itertext())  # noqa: S314


def test_drawing_leaves_settings_and_pyplot_alone() -> None:
    before, had_pyplot = dict(mpl.rcParams), "matplotlib.pyplot" in sys.modules
    power_figure(power_report(Plan(2, 4, 4), TEN_POINTS, simulations=50, seed=0))  # sees nothing, and is drawn all the same
    assert dict(mpl.rcParams) == before
    assert ("matplotlib.pyplot" in sys.modules) == had_pyplot
