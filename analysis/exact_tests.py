"""Tests and intervals of a few counts, exact where votes do not depend on each other."""

from scipy.special import bdtr, betaincinv


def even_odds_p(wins: int, losses: int) -> float | None:
    """Two-sided exact p that the one is as probable as the other: binomial test of votes, sign test of comparisons.

    None where there are neither. At even odds both tails are alike, so that p is twice the smaller.
    """
    if not wins + losses:
        return None
    return min(1.0, 2 * float(bdtr(min(wins, losses), wins + losses, 0.5)))


def clopper_pearson(successes: float, trials: float, level: float) -> tuple[float, float]:
    """Interval of a share, 0 to 1: Clopper & Pearson, "The use of confidence or fiducial limits", Biometrika 26, 1934.

    Both may be fractions, as the effective numbers of clustered votes are.
    """
    tail, failures = (1 - level) / 2, trials - successes
    low = betaincinv(successes, failures + 1, tail) if successes > 0 else 0.0
    high = betaincinv(successes + 1, failures, 1 - tail) if failures > 0 else 1.0
    return float(low), float(high)
