"""Means of per-image scores by condition, with intervals: prompts are drawn anew, as images of one prompt are alike.

Every condition is resampled by the same prompts, so that a gain over the baseline is one over the same prompts.
"""

from dataclasses import dataclass

import numpy as np

from analysis.automatic.gains import relative_gain
from analysis.clustering import ENOUGH_CLUSTERS
from analysis.study_votes import FloatArray, IntArray

RESAMPLES = 2000
LEVELS = (2.5, 97.5)  # of a 95 % interval, in per cent


@dataclass(frozen=True)
class Mean:
    """Of one condition; the ends of intervals are None where there is a single prompt.

    gain: over the baseline in per cent, None of the baseline itself. warning: "" where there are enough prompts.
    """

    value: float
    low: float | None
    high: float | None
    gain: float | None
    gain_low: float | None
    gain_high: float | None
    images: int
    prompts: int
    warning: str


def means_by_condition(
    values: FloatArray, condition: IntArray, prompt: IntArray, baseline: int, *, resamples: int = RESAMPLES, seed: int = 0
) -> dict[int, Mean]:
    """The mean of each condition that has values.

    values, condition, prompt: of each image, shape (images,); condition and prompt are codes from 0. baseline: the code of the
    condition that gains are over. The same values make the same intervals, whatever their order.
    """
    conditions, prompts = int(condition.max()) + 1, np.unique(prompt, return_inverse=True)[1]
    cell = prompts * conditions + condition
    shape = (int(prompts.max()) + 1, conditions)
    sums: FloatArray = np.asarray(np.bincount(cell, values, shape[0] * shape[1]), np.float64).reshape(shape)
    counts = np.bincount(cell, minlength=shape[0] * shape[1]).reshape(shape)
    drawn = np.random.default_rng(seed).multinomial(shape[0], np.full(shape[0], 1 / shape[0]), resamples)
    with np.errstate(invalid="ignore", divide="ignore"):  # a resample may lack all prompts of a condition
        resampled = (drawn @ sums) / (drawn @ counts)
    return {
        code: _mean(sums[:, code], counts[:, code], resampled[:, code], _of(baseline, sums, counts, resampled, code))
        for code in np.flatnonzero(counts.sum(axis=0)).tolist()
    }


def _of(baseline: int, sums: FloatArray, counts: IntArray, resampled: FloatArray, code: int) -> tuple[float, FloatArray] | None:
    """The mean of the baseline, and that of each resample; None for the baseline itself, and where it has no values."""
    if code == baseline or baseline >= counts.shape[1] or not counts[:, baseline].sum():
        return None
    return float(sums[:, baseline].sum() / counts[:, baseline].sum()), resampled[:, baseline]


def _mean(sums: FloatArray, counts: IntArray, resampled: FloatArray, baseline: tuple[float, FloatArray] | None) -> Mean:
    value, prompts = float(sums.sum() / counts.sum()), int(np.count_nonzero(counts))
    gain, gains = None, np.full(len(resampled), np.nan)
    if baseline:
        gain = relative_gain(value, baseline[0])
        with np.errstate(invalid="ignore", divide="ignore"):
            gains = 100 * (resampled - baseline[1]) / abs(baseline[1])
    low, high = _ends(resampled, prompts)
    gain_low, gain_high = _ends(gains, prompts)
    return Mean(value, low, high, gain, gain_low, gain_high, int(counts.sum()), prompts, _warning(prompts))


def _ends(resampled: FloatArray, prompts: int) -> tuple[float | None, float | None]:
    some = resampled[np.isfinite(resampled)]
    if prompts < 2 or not len(some):
        return None, None
    low, high = np.percentile(some, LEVELS)
    return float(low), float(high)


def _warning(prompts: int) -> str:
    if prompts >= ENOUGH_CLUSTERS:
        return ""
    return (
        "only 1 prompt: no interval can be given" if prompts == 1 else f"only {prompts} prompts: the interval may be too narrow"
    )
