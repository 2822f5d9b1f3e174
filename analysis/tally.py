"""Shares of votes, and which condition has the greatest."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

TIE = 0  # the option that no condition can be: no clear winner

Votes = int | Fraction  # a fraction where ties are split


@dataclass(frozen=True)
class Share:
    """One option's votes among the votes that could have been its own.

    total: all votes of the cell, or those on comparisons that showed the condition. best: marks the condition that was chosen
    in most of them, or several if equal. ties: what a condition gets of the votes for no clear winner where each of them is
    split equally among the conditions that it was shown.
    """

    votes: Votes
    total: int
    best: bool
    ties: Fraction = Fraction(0)

    @property
    def percent(self) -> Decimal | None:
        """100 × votes / total, two decimals, halves rounded up; None where nobody voted."""
        if not self.total:
            return None
        exact = 100 * Fraction(self.votes) / self.total
        return (Decimal(exact.numerator) / exact.denominator).quantize(Decimal("0.01"), ROUND_HALF_UP)


def with_best(shares: Sequence[Share]) -> list[Share]:
    """Of one cell (prompt set × criterion), no clear winner first: the same, with the best conditions marked.

    Decided on counts: a condition is best with the largest share of all conditions, and at least one vote.
    """
    parts = [Fraction(share.votes) / share.total if share.total else Fraction(0) for share in shares]
    most = max(parts[TIE + 1 :])
    return [
        replace(share, best=option != TIE and part == most > 0)
        for option, (share, part) in enumerate(zip(shares, parts, strict=True))
    ]
