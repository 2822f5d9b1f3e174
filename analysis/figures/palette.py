"""Colours that tell apart without colour: each has a lightness of its own, and the tie is hatched too.

Blue, orange, yellow and vermilion are of Okabe & Ito, "Color Universal Design" (2008); indigo is of Paul Tol's muted scheme.
"""

from typing import NamedTuple


class Fill(NamedTuple):
    """How a part of a bar is filled, and the colour of the number on it."""

    colour: str
    hatch: str
    ink: str


BLUE, ORANGE, INDIGO, YELLOW, VERMILION = "#0072B2", "#E69F00", "#332288", "#F0E442", "#D55E00"
BLACK, DARK, GREY, PALE, WHITE = "#000000", "#333333", "#8A8A8A", "#DEDEDE", "#FFFFFF"
RED = "#B00020"  # of notes

FILLS = (Fill(BLUE, "", WHITE), Fill(ORANGE, "", BLACK), Fill(INDIGO, "", WHITE), Fill(YELLOW, "", BLACK))
HATCHES = ("", "....", "xxxx")
TIE = Fill(PALE, "////", BLACK)
WON, LOST = FILLS[0], FILLS[1]


def fill(number: int) -> Fill:
    """Of a condition by its place in the study: four colours, and beyond four (rare in one bar) hatched ones."""
    colour, _, ink = FILLS[number % len(FILLS)]
    return Fill(colour, HATCHES[number // len(FILLS) % len(HATCHES)], ink)
