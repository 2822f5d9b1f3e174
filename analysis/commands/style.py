"""The options of a command that say how tables are printed."""

import argparse

from analysis.render import TableStyle
from analysis.rounding import ROUNDINGS
from analysis.split_ties import TIES


def add_style_to(parser: argparse.ArgumentParser) -> None:
    """Add the options that `style_of` reads."""
    group = parser.add_argument_group("how tables are printed")
    group.add_argument("--ties", choices=TIES, default="row", help="no clear winner as a row, or split among those shown")
    group.add_argument("--rounding", choices=ROUNDINGS, default="each", help="each cell by itself, or so that columns add up")
    group.add_argument("--intervals", action="store_true", help="95 %% intervals in the cells")
    group.add_argument("--marks", action="store_true", help="stars where the best condition differs from all others")
    group.add_argument("--counts", action="store_true", help="votes instead of per cent")


def style_of(asked: argparse.Namespace) -> TableStyle:
    """What was asked for."""
    return TableStyle(asked.ties, asked.rounding, asked.intervals, asked.marks, asked.counts)
