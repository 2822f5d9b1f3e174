"""How far negatives lead images away: CLIP scores of the images with those of the same seed without a negative, and Q.

Koulischer et al., ICLR 2025, §4.2: "the CLIP-score, i.e. the cosine similarity of their respective CLIP space
representations", read as the cosine of CLIP's image embeddings of the two images. Fig. 6b, App. H, Table 4.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.automatic.q import QOfRegression, q, q_of_regression

Floats = NDArray[np.float64]

RESAMPLES = 2000
LEVEL = 95


@dataclass(frozen=True)
class Point:
    """A point of Fig. 6b: mean CLIP scores at a guidance scale (λ or λ₀)."""

    scale: float
    related: float
    unrelated: float


@dataclass(frozen=True)
class Line:
    """A prompt's points by one method, and what Table 4 makes of them.

    q: the mean of eq. 22 over the points. regression: eq. 23; None where all related scores are alike: there is no line.
    """

    method: str
    points: tuple[Point, ...]
    q: float
    regression: QOfRegression | None


@dataclass(frozen=True)
class Difference:
    """Q of DNG minus Q of NP (mean of eq. 22), with a percentile interval over resamples of the seeds.

    alike: the same difference where both methods change images of the related negative alike: eq. 23 of both at the middle of
    the range of related scores that both have; None where they share none.
    """

    value: float
    low: float
    high: float
    alike: float | None


def clip_scores(images: Floats, unguided: Floats) -> Floats:
    """Cosines of each image with that of the same seed without a negative: shape (seeds,) of embeddings (seeds, dimensions)."""
    return np.asarray((images * unguided).sum(axis=1))


def line(method: str, scales: Sequence[float], related: Floats, unrelated: Floats) -> Line:
    """The line through a method's points. related, unrelated: CLIP scores of every image, shape (scales, seeds)."""
    x, y = related.mean(axis=1), unrelated.mean(axis=1)
    points = tuple(Point(*each) for each in zip(map(float, scales), x.tolist(), y.tolist(), strict=True))
    regression = q_of_regression(x, y) if np.ptp(x) else None
    return Line(method, points, q(x, y).value, regression)


def difference(np_line: Line, dng_line: Line, np_gaps: Floats, dng_gaps: Floats, seed: int = 0) -> Difference:
    """How much greater Q of DNG is.

    np_gaps, dng_gaps: unrelated minus related CLIP score of every image, shape (scales, seeds).
    """
    gains = (dng_gaps - np_gaps).mean(axis=0)
    drawn = np.random.default_rng(seed).integers(len(gains), size=(RESAMPLES, len(gains)))
    tail = (100 - LEVEL) / 2
    low, high = np.percentile(gains[drawn].mean(axis=1), [tail, 100 - tail])
    return Difference(float(gains.mean()), float(low), float(high), _alike(np_line.regression, dng_line.regression))


def _alike(one: QOfRegression | None, other: QOfRegression | None) -> float | None:
    """The height of the second line over the first, at the middle of the range of related scores that both have."""
    if one is None or other is None:
        return None
    low, high = max(one.low, other.low), min(one.high, other.high)
    if low > high:
        return None
    middle = (low + high) / 2
    return (other.slope * middle + other.intercept) - (one.slope * middle + one.intercept)
