"""Counts and shares of votes."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import numpy as np
import numpy.typing as npt

Codes = npt.NDArray[np.integer]
BoolArray = npt.NDArray[np.bool_]

TIE = 0  # the option that no condition can be: no clear winner


@dataclass(frozen=True)
class Share:
    """One option's votes among the votes that could have been its own.

    total: all votes of the cell, or those on comparisons that showed the condition. best: marks the condition that was chosen
    in most of them, or several if equal.
    """

    votes: int
    total: int
    best: bool

    @property
    def percent(self) -> Decimal | None:
        """100 × votes / total, two decimals, halves rounded up; None where nobody voted."""
        if not self.total:
            return None
        return (Decimal(100 * self.votes) / self.total).quantize(Decimal("0.01"), ROUND_HALF_UP)


def tally(cell: Codes, option: Codes, cells: int, options: int, shown: BoolArray | None = None) -> list[list[Share]]:
    """The share of each option in each cell (prompt set × criterion), as [cell][option].

    cell, option: shape (votes,), codes from 0; option TIE is no clear winner, the others are conditions.
    shown: shape (votes, options), whether the vote could have gone to the option; every one to every option if left out.
    Decided on counts: a condition is best with the largest share of all conditions, and at least one vote.
    """
    counts = np.bincount(cell * options + option, minlength=cells * options).reshape(cells, options)
    could = np.ones((len(cell), options), np.bool_) if shown is None else shown
    totals = np.column_stack([np.bincount(cell[could[:, each]], minlength=cells) for each in range(options)])
    return [_shares(votes, total) for votes, total in zip(counts.tolist(), totals.tolist(), strict=True)]


def _shares(counts: Sequence[int], totals: Sequence[int]) -> list[Share]:
    shares = [Fraction(votes, total) if total else Fraction(0) for votes, total in zip(counts, totals, strict=True)]
    most = max(shares[TIE + 1 :])
    return [
        Share(votes, total, option != TIE and share == most > 0)
        for option, (votes, total, share) in enumerate(zip(counts, totals, shares, strict=True))
    ]
