"""How far the classes of generated images are from those that there should be.

Koulischer et al., "Dynamic Negative Guidance of Diffusion Models" (ICLR 2025), §4.1: KL(ideal ‖ generated) over classes.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.study_votes import FloatArray

SMOOTHING = 1.0  # of Laplace's rule: one image more of each class


@dataclass(frozen=True)
class Divergence:
    """value: in nats, 0 where generated images have the ideal classes. smoothing: images added to each class."""

    value: float
    images: int
    classes: int
    smoothing: float


def divergence(ideal: FloatArray, counts: npt.ArrayLike, smoothing: float = SMOOTHING) -> Divergence:
    """KL(ideal ‖ generated), with generated = (counts + smoothing) / (N + classes · smoothing).

    ideal: the share that each class should have, shape (classes,), adding up to 1; a class with none adds nothing to the sum,
    but images of it take from the others. counts: generated images of each class, shape (classes,). Without smoothing a class
    that should be there and was never drawn makes it infinite.
    Raises ValueError for shares that do not add up to 1, for negative numbers, and for no images.
    """
    drawn = np.asarray(counts, np.float64)
    if ideal.shape != drawn.shape or ideal.min() < 0 or not np.isclose(ideal.sum(), 1):
        raise ValueError(f"The ideal must be {len(drawn)} shares that add up to 1, not {ideal.tolist()}.")
    if drawn.min() < 0 or smoothing < 0 or not drawn.sum():
        raise ValueError(f"There must be images, and no negative counts or smoothing: {drawn.tolist()}, {smoothing}.")
    wanted = ideal > 0
    generated = (drawn + smoothing) / (drawn.sum() + len(drawn) * smoothing)
    with np.errstate(divide="ignore"):
        value = (ideal[wanted] * np.log(ideal[wanted] / generated[wanted])).sum()
    return Divergence(float(value), int(drawn.sum()), len(drawn), smoothing)
