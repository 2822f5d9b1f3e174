"""Counts and shares of votes."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

import numpy as np
import numpy.typing as npt

Codes = npt.NDArray[np.integer]

TIE = 0  # the option that no condition can be: no clear winner


@dataclass(frozen=True)
class Share:
    """One option's votes among all votes on a criterion; `best` marks the most chosen condition, or several if equal."""

    votes: int
    total: int
    best: bool

    @property
    def percent(self) -> Decimal | None:
        """100 × votes / total, two decimals, halves rounded up; None where nobody voted."""
        if not self.total:
            return None
        return (Decimal(100 * self.votes) / self.total).quantize(Decimal("0.01"), ROUND_HALF_UP)


def tally(cell: Codes, option: Codes, cells: int, options: int) -> list[list[Share]]:
    """The share of each option in each cell (prompt set × criterion), as [cell][option].

    cell, option: shape (votes,), codes from 0; option TIE is no clear winner, the others are conditions.
    Decided on counts: a condition is best with the most votes of all conditions, and at least one.
    """
    counts = np.bincount(cell * options + option, minlength=cells * options).reshape(cells, options)
    return [_shares([int(votes) for votes in row]) for row in counts]


def _shares(counts: list[int]) -> list[Share]:
    total, most = sum(counts), max(counts[TIE + 1 :])
    return [Share(votes, total, option != TIE and votes == most > 0) for option, votes in enumerate(counts)]
