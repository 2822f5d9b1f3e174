"""From the percentages that a paper prints to the votes behind them: the fewest that print so, or that none do."""

from collections.abc import Sequence
from decimal import Decimal

import numpy as np

from analysis.study_votes import IntArray

AT_A_TIME = 4096  # totals
MOST_DECIMALS = 4


class NoPercentage(ValueError):
    """A column that holds something else than percentages, or nothing."""


def counts_printing_as(percents: Sequence[Decimal]) -> tuple[int, ...] | None:
    """The smallest whole numbers of votes whose shares of their sum print as these percentages; None if none do.

    percents: one column of a table, with all its options, each rounded by itself, halves up, to as many decimals as the
    longest has. Where the smallest sum can be divided in several ways, the earlier options have fewer. Raises NoPercentage.

    With 100 % as W units of the last decimal, c of N votes print as P units if (2P − 1) N ≤ 2Wc < (2P + 1) N. If that can hold
    for all options at any N, it can at N = 2W · options, where these bounds leave the most room: there the search ends.
    """
    printed, whole = _in_last_decimals(percents)
    for start in range(1, 2 * whole * len(printed) + 1, AT_A_TIME):
        totals = np.arange(start, start + AT_A_TIME)
        fewest = (-(-(2 * printed - 1) * totals // (2 * whole))).clip(0)
        most = -(-(2 * printed + 1) * totals // (2 * whole)) - 1
        fits = (fewest <= most).all(axis=0) & (fewest.sum(axis=0) <= totals) & (totals <= most.sum(axis=0))
        if fits.any():
            found = int(np.argmax(fits))
            return _divided(int(totals[found]), fewest[:, found].tolist(), most[:, found].tolist())
    return None


def verdict(percents: Sequence[Decimal]) -> str:
    """What `counts_printing_as` finds, as a sentence. Raises NoPercentage."""
    counts = counts_printing_as(percents)
    if counts is not None:
        return f"{_listed(counts)} of {sum(counts)} votes print as {_listed(percents)}; no fewer votes do."
    return f"No votes print as {_listed(percents)}: shares that do add up to {_sum_before_rounding(percents)}, never to 100."


def _sum_before_rounding(percents: Sequence[Decimal]) -> str:
    """The bound that keeps it from 100: what prints as P is from P − half a last decimal, and from 0, to below P + half."""
    half = Decimal(5).scaleb(-_decimals(percents) - 1)
    least = sum(max(percent - half, Decimal(0)) for percent in percents)
    return f"{least} at least" if least > 100 else f"less than {sum(percent + half for percent in percents)}"


def _in_last_decimals(percents: Sequence[Decimal]) -> tuple[IntArray, int]:
    """The percentages in units of their last decimal, shape (options, 1), and 100 per cent in these."""
    if not percents:
        raise NoPercentage("there are no percentages; give all of one column of a table")
    for percent in percents:
        if not (percent.is_finite() and 0 <= percent <= 100):
            raise NoPercentage(f"{percent} is no percentage; give numbers from 0 to 100")
    decimals = _decimals(percents)
    if decimals > MOST_DECIMALS:
        raise NoPercentage(f"no table prints {decimals} decimals; give {MOST_DECIMALS} at most")
    return np.array([[int(percent.scaleb(decimals))] for percent in percents], np.int64), 100 * 10**decimals


def _decimals(percents: Sequence[Decimal]) -> int:
    """Of the number with the most of them."""
    return max(0, *(-int(percent.as_tuple().exponent) for percent in percents))


def _divided(total: int, fewest: list[int], most: list[int]) -> tuple[int, ...]:
    """The total as one number for each option within its bounds; what the fewest leave goes to the last options."""
    left, counts = total - sum(fewest), list(fewest)
    for option in reversed(range(len(counts))):
        more = min(left, most[option] - fewest[option])
        counts[option] += more
        left -= more
    return tuple(counts)


def _listed(numbers: Sequence[Decimal | int]) -> str:
    return ", ".join(map(str, numbers))
