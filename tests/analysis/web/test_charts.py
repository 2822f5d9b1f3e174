import re
from xml.etree import ElementTree

import pytest

from analysis.web.charts import FLOOR, TOP, bars, curve, filled, interval

CHARTS = {
    "bars": bars("A <title>", "A & description", ["0", "1 & 2"], [3, 4]),
    "curve": curve("A <title>", "A & description", ("first", "last <one>"), [0, 2, 2, 5], 10),
    "filled": filled("A <title>", 3, 1, 8),
    "interval": interval("A <title>", "A & description", 40, 30, 55),
}


def _elements(svg: str, kind: str) -> list[ElementTree.Element]:
    return [element for element in ElementTree.fromstring(svg).iter() if element.get("class") == kind]  # noqa: S314


@pytest.mark.parametrize("svg", CHARTS.values(), ids=CHARTS.keys())
def test_a_chart_is_an_image_with_a_title_and_a_description_and_no_style_of_its_own(svg: str) -> None:
    root = ElementTree.fromstring(svg)  # noqa: S314
    assert root.get("role") == "img"
    assert [child.tag for child in root][:2] == ["title", "desc"]
    assert root[0].text == "A <title>"
    assert not re.search(r"style|<script|fill=|onclick", svg)


def test_bars_stand_on_the_floor_as_high_as_their_values_under_a_round_number() -> None:
    drawn = _elements(bars("t", "d", ["a", "b", "c"], [0, 10, 35]), "bar")
    heights = [float(bar.get("height", "")) for bar in drawn]
    assert heights == pytest.approx([0, (FLOOR - TOP) * 10 / 40, (FLOOR - TOP) * 35 / 40], abs=0.1)
    assert [float(bar.get("y", "")) + float(bar.get("height", "")) for bar in drawn] == pytest.approx([FLOOR] * 3, abs=0.2)


def test_many_bars_have_few_labels() -> None:
    labels = [label.text for label in _elements(bars("t", "d", [str(n) for n in range(48)], [1] * 48), "label")]
    assert labels == ["0", "8", "16", "24", "32", "40"]


def test_bars_without_values_are_an_empty_chart() -> None:
    assert _elements(bars("t", "d", [], []), "bar") == []


def test_a_curve_reaches_the_goal_when_all_is_done() -> None:
    svg = curve("t", "d", ("a", "b"), [0, 5, 10], 10)
    last = _elements(svg, "curve")[0].get("points", "").split()[-1]
    assert last == f"390.0,{TOP}.0"
    assert _elements(svg, "goal")[0].get("y1") == f"{TOP}.0"


def test_what_is_under_way_follows_what_is_done() -> None:
    svg = filled("t", 2, 1, 8)
    assert [element.get("width") for element in _elements(svg, "bar") + _elements(svg, "waiting")] == ["50.0", "25.0"]
    assert _elements(svg, "waiting")[0].get("x") == "50.0"


def test_an_interval_lies_where_its_numbers_say() -> None:
    svg = interval("t", "d", 40, 30, 55)
    (dot,), (span,) = _elements(svg, "dot"), _elements(svg, "range")
    assert (dot.get("cx"), span.get("x"), span.get("width")) == ("80.0", "60.0", "50.0")
