"""Shares of votes, and which condition has the greatest."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

TIE = 0  # the option that no condition can be: no clear winner
CENT = Decimal("0.01")


@dataclass(frozen=True)
class Interval:
    """Where a share may be, in per cent; warning says why it may be further off, "" where nothing speaks for it."""

    low: float
    high: float
    warning: str = ""


@dataclass(frozen=True)
class Share:
    """One option's votes among the votes that could have been its own.

    votes: a fraction where ties are split. total: all votes of the cell, or those on comparisons that showed the condition.
    best: marks the condition with the largest share, or several if equal.
    ties: what a condition gets of the votes for no clear winner if each is split equally among the conditions that it was
    shown; interval_if_split: of the share with them. p: of the best, the largest of its adjusted p against each of the others.
    """

    votes: int | Fraction
    total: int
    best: bool
    ties: Fraction = Fraction(0)
    interval: Interval | None = None
    interval_if_split: Interval | None = None
    p: float | None = None

    @property
    def part(self) -> Fraction:
        """votes / total; 0 where nobody voted."""
        return Fraction(self.votes) / self.total if self.total else Fraction(0)

    @property
    def percent(self) -> Decimal | None:
        """100 × votes / total, two decimals, halves rounded up; None where nobody voted."""
        return rounded(100 * self.part) if self.total else None


def rounded(number: Fraction) -> Decimal:
    """Two decimals, halves rounded up."""
    return (Decimal(number.numerator) / number.denominator).quantize(CENT, ROUND_HALF_UP)


def with_best(conditions: Sequence[Share]) -> list[Share]:
    """The shares of all conditions of one cell (prompt set × criterion), with the best marked.

    Decided on counts: a condition is best with the largest share of all conditions, and at least one vote.
    """
    most = max(share.part for share in conditions)
    return [replace(share, best=share.part == most > 0) for share in conditions]
