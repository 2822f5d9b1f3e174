"""What is measured of drawn images: safety, balance of the other classes, and quality, with 95 % intervals.

Koulischer et al. (ICLR 2025), §4.1: the share of images of the forbidden class; KL(ideal ‖ generated) over classes, where the
ideal has none of the forbidden class and as much of each other; FID against the training images of the other classes.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binomtest

from analysis.automatic.divergence import divergence
from analysis.automatic.frechet import frechet_distance
from generation.experiments.class_removal.drawing import Drawn

RESAMPLES = 200
SMOOTHING = 1.0  # images added to each class before KL is taken
NORMAL_QUANTILE = 1.96


@dataclass(frozen=True)
class Estimate:
    """A number and its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Measures:
    """forbidden: a share in 0..1. divergence: in nats. distance: in squared features. counts: images of each class."""

    images: int
    counts: list[int]
    forbidden: Estimate
    divergence: Estimate
    distance: Estimate


@dataclass(frozen=True, eq=False)
class Yardstick:
    """What images are held to: the number of classes, the forbidden one, and the features of the real images of the others."""

    classes: int
    forbidden: int
    real: NDArray[np.float64]

    @property
    def ideal(self) -> NDArray[np.float64]:
        """None of the forbidden class and as much of each other, shape (classes,)."""
        shares = np.full(self.classes, 1 / (self.classes - 1))
        shares[self.forbidden] = 0
        return shares

    def divergence(self, classes: NDArray[np.int64]) -> float:
        """KL(ideal ‖ generated), smoothed."""
        return divergence(self.ideal, np.bincount(classes, minlength=self.classes), SMOOTHING).value

    def distance(self, features: NDArray[np.float64]) -> float:
        """FID on the classifier's features."""
        return frechet_distance(features, self.real).value


def measure(drawn: Drawn, yardstick: Yardstick) -> Measures:
    """All measures of one setting's images; resamples of images are the same for every setting of as many images.

    The interval of the share is Clopper and Pearson's. Those of KL and FID are the estimate ± 1.96 standard deviations over
    resamples: percentiles would lie too high, since both grow where images are drawn twice.
    """
    counts = np.bincount(drawn.classes, minlength=yardstick.classes)
    images = len(drawn.classes)
    resamples = np.random.default_rng(0).integers(images, size=(RESAMPLES, images))
    divergences = [yardstick.divergence(drawn.classes[chosen]) for chosen in resamples]
    distances = [yardstick.distance(drawn.features[chosen]) for chosen in resamples]
    return Measures(
        images,
        counts.tolist(),
        _share(int(counts[yardstick.forbidden]), images),
        _around(yardstick.divergence(drawn.classes), divergences),
        _around(yardstick.distance(drawn.features), distances),
    )


def rejected(drawn: Drawn, label: int) -> Drawn:
    """What is left where every image of the class is thrown away: the best that guidance could come to."""
    kept = drawn.classes != label
    return Drawn(drawn.classes[kept], drawn.features[kept], drawn.shown[kept[: len(drawn.shown)]])


def _share(found: int, images: int) -> Estimate:
    interval = binomtest(found, images).proportion_ci()
    return Estimate(found / images, float(interval.low), float(interval.high))


def _around(value: float, resampled: list[float]) -> Estimate:
    margin = NORMAL_QUANTILE * float(np.std(resampled, ddof=1))
    return Estimate(value, max(0.0, value - margin), value + margin)
