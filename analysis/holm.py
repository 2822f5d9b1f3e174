"""Many tests at once.

Holm, "A simple sequentially rejective multiple test procedure", Scandinavian Journal of Statistics 6, 1979.
"""

from collections.abc import Sequence


def holm(family: Sequence[float | None]) -> list[float | None]:
    """Each p adjusted over the family, in the same order; what is None was no test and does not count in it."""
    adjusted: list[float | None] = [None] * len(family)
    tests = sorted((p, place) for place, p in enumerate(family) if p is not None)
    least = 0.0
    for rank, (p, place) in enumerate(tests):
        least = min(1.0, max(least, p * (len(tests) - rank)))
        adjusted[place] = least
    return adjusted
