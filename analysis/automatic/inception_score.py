"""The Inception Score: images that a classifier is sure of, and of many classes.

Salimans et al., "Improved Techniques for Training GANs" (NeurIPS 2016), §4: exp(E KL(p(y|x) ‖ p(y))).
"""

from dataclasses import dataclass

import numpy as np

from analysis.study_votes import FloatArray

SPLITS = 10  # as in the paper


@dataclass(frozen=True)
class InceptionScore:
    """value: the mean over the splits, from 1 to the number of classes. deviation: the standard deviation over them (N)."""

    value: float
    deviation: float
    images: int
    splits: int


def inception_score(probabilities: FloatArray, splits: int = SPLITS) -> InceptionScore:
    """probabilities: p(y|x) of each image, shape (images, classes), rows that sum to 1.

    The images are cut into splits of nearly equal size in the order given, as in the paper. A score is the lower the fewer
    images a split has. Raises ValueError for fewer images than splits.
    """
    if splits < 1 or len(probabilities) < splits:
        raise ValueError(f"{len(probabilities)} images cannot be cut into {splits} splits.")
    scores = [_score(part) for part in np.array_split(probabilities.astype(np.float64), splits)]
    return InceptionScore(float(np.mean(scores)), float(np.std(scores)), len(probabilities), splits)


def _score(given: FloatArray) -> float:
    """Of one split; a class of probability 0 adds nothing."""
    marginal = np.broadcast_to(given.mean(axis=0), given.shape)
    ratio = np.divide(given, marginal, out=np.ones_like(given), where=given > 0)
    return float(np.exp((given * np.log(ratio)).sum(axis=1).mean()))
