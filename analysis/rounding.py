"""Percentages of a column of a table as they are printed: each rounded by itself, or so that they add up to 100."""

from collections.abc import Callable, Sequence
from decimal import Decimal

from analysis.tally import CENT, Share

Rounding = Callable[[Sequence[Share]], list[Decimal | None]]

CENTS = 10_000  # of 100 per cent


def each_by_itself(column: Sequence[Share]) -> list[Decimal | None]:
    """As papers print them: a column may add up to 99.99 or 100.01."""
    return [share.percent for share in column]


def largest_remainder(column: Sequence[Share]) -> list[Decimal | None]:
    """Rounded down, then what is missing to 100 added where most was cut off (Hamilton's method); equals by row.

    A column that does not add up to 100 before rounding is rounded each by itself, as one of shares of different votes.
    """
    if not adds_up(column):
        return each_by_itself(column)
    cents = [int(CENTS * share.part) for share in column]
    cut_off = [CENTS * share.part - cent for share, cent in zip(column, cents, strict=True)]
    for row in sorted(range(len(column)), key=lambda row: -cut_off[row])[: CENTS - sum(cents)]:
        cents[row] += 1
    return [cent * CENT for cent in cents]


def adds_up(column: Sequence[Share]) -> bool:
    """Whether the shares add up to 100 % before rounding."""
    return sum(share.part for share in column) == 1


ROUNDINGS: dict[str, Rounding] = {"each": each_by_itself, "largest-remainder": largest_remainder}
