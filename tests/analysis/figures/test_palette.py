"""Fills that stay apart without colours."""

from itertools import combinations

import pytest
from PIL import ImageColor

from analysis.figures.palette import FILLS, TIE, Fill, fill

APART = 0.12  # of black to white; the tie is hatched besides


def grey(colour: str) -> float:
    """How light a colour is on a grey print, 0 to 1 (ITU-R BT.601)."""
    red, green, blue = ImageColor.getrgb(colour)[:3]
    return (0.299 * red + 0.587 * green + 0.114 * blue) / 255


@pytest.mark.parametrize(("one", "other"), list(combinations(FILLS, 2)))
def test_conditions_shown_together_differ_in_grey(one: Fill, other: Fill) -> None:
    assert abs(grey(one.colour) - grey(other.colour)) > APART


def test_the_tie_alone_is_hatched_where_up_to_four_are_shown_together() -> None:
    assert TIE.hatch
    assert [fill(number).hatch for number in range(4)] == [""] * 4


@pytest.mark.parametrize("each", [*FILLS, TIE])
def test_numbers_can_be_read_on_their_fill(each: Fill) -> None:
    assert abs(grey(each.colour) - grey(each.ink)) > 0.5


def test_twelve_conditions_have_twelve_fills() -> None:
    assert len({fill(number) for number in range(12)}) == 12
