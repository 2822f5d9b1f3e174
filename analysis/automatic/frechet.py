"""The Fréchet distance of two sets of images by their features, which is FID if the features are Inception's.

Heusel et al., "GANs Trained by a Two Time-Scale Update Rule Converge to a Local Nash Equilibrium" (NeurIPS 2017), eq. 6:

    ‖μ₁ − μ₂‖² + Tr(Σ₁ + Σ₂ − 2(Σ₁Σ₂)^½).
"""

from dataclasses import dataclass

import numpy as np

from analysis.study_votes import FloatArray

FEWEST_IMAGES = 2  # of which there is a covariance


@dataclass(frozen=True)
class FrechetDistance:
    """value: in squared units of the features, 0 of equal sets. dimensions: of a feature.

    warning: why the value may be far too great, "" where nothing speaks for it.
    """

    value: float
    images: tuple[int, int]  # of the first set and of the second
    dimensions: int
    warning: str


def frechet_distance(a: FloatArray, b: FloatArray) -> FrechetDistance:
    """Of two sets of features, each of shape (images, dimensions), with covariances over N − 1 as is usual.

    With few images the distance is too great, and the more so the fewer they are, since their covariance is off from that
    of all images that could be drawn: compare only distances of equal numbers of images. With no more images than
    dimensions a covariance is singular as well; there is a distance still, and the warning says so.
    Raises ValueError for fewer than two images, and for features of different dimensions.
    """
    if a.ndim != 2 or b.ndim != 2 or a.shape[1] != b.shape[1]:
        raise ValueError(f"Features must be (images, dimensions) of the same dimensions, not {a.shape} and {b.shape}.")
    if min(len(a), len(b)) < FEWEST_IMAGES:
        raise ValueError(f"A Fréchet distance needs {FEWEST_IMAGES} images in each set, not {len(a)} and {len(b)}.")
    first, second = _root(a), _root(b)
    between = np.square(a.mean(axis=0) - b.mean(axis=0)).sum()
    overlap = np.linalg.svd(first @ second.T, compute_uv=False).sum()
    value = between + np.square(first).sum() + np.square(second).sum() - 2 * overlap
    return FrechetDistance(max(float(value), 0.0), (len(a), len(b)), a.shape[1], _warning(min(len(a), len(b)), a.shape[1]))


def _root(features: FloatArray) -> FloatArray:
    """R with RᵀR = Σ, shape (at most dimensions, dimensions).

    Tr (Σ₁Σ₂)^½ is the sum of the singular values of R₁R₂ᵀ: no matrix is singular to it, and no root becomes complex.
    """
    centred = features.astype(np.float64) - features.mean(axis=0)
    return np.asarray(np.linalg.qr(centred, mode="r") / np.sqrt(len(features) - 1))


def _warning(images: int, dimensions: int) -> str:
    if images > dimensions:
        return ""
    return f"from {images} images, no more than the {dimensions} dimensions of a feature: far too great"
