"""Metrics of what a classifier sees in a prompt set's images: Inception Score, FID, and the divergence of classes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from analysis.automatic.classes import asked_classes, ideal_shares
from analysis.automatic.divergence import divergence
from analysis.automatic.frechet import FEWEST_IMAGES, frechet_distance
from analysis.automatic.inception_score import SPLITS, inception_score
from analysis.automatic.metrics import FID, INCEPTION_SCORE, KL
from analysis.automatic.not_measurable import NotMeasurable
from analysis.study_votes import BoolArray, FloatArray
from analysis.web.findings import Value
from analysis.web.study_images import StudyImage

METRICS = (INCEPTION_SCORE, FID, KL)
FEWEST_IN_A_SPLIT = 100


@dataclass(frozen=True, eq=False)
class SeenImages:
    """Images of one prompt set, with what a classifier sees in each.

    features: shape (images, dimensions). probabilities: shape (images, classes).
    """

    images: Sequence[StudyImage]
    features: FloatArray
    probabilities: FloatArray

    def by_condition(self) -> Iterator[tuple[int, BoolArray, int]]:
        """Each condition's key, which images are its own, shape (images,), and how many prompts these have."""
        condition, prompt = (np.array([getattr(image, name) for image in self.images]) for name in ("condition", "prompt"))
        for key in np.unique(condition).tolist():
            yield key, condition == key, len(np.unique(prompt[condition == key]))

    def where(self, kept: BoolArray) -> "SeenImages":
        """Those images alone, shape (images,)."""
        images = [image for image, keep in zip(self.images, kept, strict=True) if keep]
        return SeenImages(images, self.features[kept], self.probabilities[kept])


def inception_scores(seen: SeenImages) -> dict[int, Value]:
    """In ten splits as published ones where each has a hundred images, else in one; by condition."""
    return {key: _score(seen.probabilities[own], prompts) for key, own, prompts in seen.by_condition()}


def _score(probabilities: FloatArray, prompts: int) -> Value:
    found = inception_score(probabilities, SPLITS if len(probabilities) >= SPLITS * FEWEST_IN_A_SPLIT else 1)
    note = f"{found.splits} splits, standard deviation {found.deviation:.2f}" if found.splits > 1 else "1 split"
    return Value(found.value, found.images, prompts, note)


def distances(seen: SeenImages, reference: FloatArray, words: str) -> dict[int, Value]:
    """FID by condition. reference: features of the images compared with, which words say. Raises NotMeasurable."""
    return {key: _distance(seen.features[own], prompts, reference, words) for key, own, prompts in seen.by_condition()}


def _distance(features: FloatArray, prompts: int, reference: FloatArray, words: str) -> Value:
    if len(features) < FEWEST_IMAGES:
        raise NotMeasurable(f"FID needs {FEWEST_IMAGES} images or more of each condition and prompt set; make more of them.")
    found = frechet_distance(features, reference)
    note = "; ".join(filter(None, (f"against {words}, {found.dimensions} dimensions", found.warning)))
    return Value(found.value, len(features), prompts, note)


def divergences(seen: SeenImages, labels: Sequence[str]) -> dict[int, Value]:
    """KL(asked ‖ drawn) by condition, over the images whose prompt names a class. Raises NotMeasurable."""
    asked = asked_classes([image.text for image in seen.images], labels)
    named = np.asarray(asked.any(axis=1))
    drawn = np.eye(len(labels))[seen.probabilities.argmax(axis=1)][named]
    in_words = seen.where(named).by_condition()
    return {key: _divergence(asked[named][own], drawn[own], prompts) for key, own, prompts in in_words}


def _divergence(asked: BoolArray, drawn: FloatArray, prompts: int) -> Value:
    found = divergence(ideal_shares(asked), drawn.sum(axis=0))
    return Value(found.value, found.images, prompts, f"{found.classes} classes, smoothed by {found.smoothing:g} image each")
