"""Q: how little an unrelated negative prompt changes images, where a related one changes them.

Koulischer et al., "Dynamic Negative Guidance of Diffusion Models" (ICLR 2025), App. H. CLIP scores are cosines of an image
drawn with negative guidance and that of the same prompt and seed without it: 1 where guidance changed nothing.
"""

from dataclasses import dataclass

import numpy as np

from analysis.study_votes import FloatArray


@dataclass(frozen=True)
class Q:
    """Eq. 22. value: the mean unrelated score minus the mean related one; the greater the better. points: pairs of scores."""

    value: float
    points: int


@dataclass(frozen=True)
class QOfRegression:
    """Eq. 23. value: (a − 1) · (low + high) / 2 + b, with unrelated = a · related + b; the greater the better.

    slope, intercept: a and b. low, high: the range of related scores. points: pairs of scores.
    """

    value: float
    slope: float
    intercept: float
    low: float
    high: float
    points: int


def q(related: FloatArray, unrelated: FloatArray) -> Q:
    """Eq. 22. Scores of the same images, or their means at the same guidance scales, each of shape (points,).

    Raises ValueError where there are no points, or not as many of each.
    """
    _require_pairs(related, unrelated, 1)
    return Q(float(unrelated.mean() - related.mean()), len(related))


def q_of_regression(related: FloatArray, unrelated: FloatArray) -> QOfRegression:
    """Eq. 23: Q at the middle of the related scores' range, on the straight line through the points of a prompt.

    related, unrelated: mean scores at each guidance scale, each of shape (points,).
    Raises ValueError for fewer than two points, or where all related scores are alike, so that no line is determined.
    """
    _require_pairs(related, unrelated, 2)
    low, high = float(related.min()), float(related.max())
    if low == high:
        raise ValueError(f"All related scores are {low}: no line goes through them. Take other guidance scales.")
    slope, intercept = (float(each) for each in np.polyfit(related, unrelated, 1))
    return QOfRegression((slope - 1) * (low + high) / 2 + intercept, slope, intercept, low, high, len(related))


def _require_pairs(related: FloatArray, unrelated: FloatArray, fewest: int) -> None:
    if related.shape != unrelated.shape or related.ndim != 1 or len(related) < fewest:
        raise ValueError(
            f"Q needs {fewest} or more pairs of scores, not {related.shape} related and {unrelated.shape} unrelated."
        )
