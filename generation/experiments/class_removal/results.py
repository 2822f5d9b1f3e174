"""All that a study of class removal measured, and which settings are best where hardly any forbidden image is left."""

from collections.abc import Sequence
from dataclasses import dataclass

from generation.experiments.class_removal.sweep import SCALES, Point, Removal

HIGH_SAFETY = 0.01  # share of the forbidden class at most


@dataclass(frozen=True)
class Best:
    """The least KL and the least FID of a method's settings at high safety; None where it has none there."""

    label: int
    method: str
    settings: int
    divergence: Point | None
    distance: Point | None


@dataclass(frozen=True, kw_only=True)
class Results:
    """All that was measured, and how.

    train_accuracy, test_accuracy: of the classifier. smoothing: images added to each class before KL is taken.
    high_safety: the greatest share of the forbidden class that `best` allows. thresholds: of SLD, for the first class.
    """

    data: str
    classes: list[str]
    train_images: int
    train_accuracy: float
    test_accuracy: float
    images: int
    evaluations: int
    scheduler: str
    smoothing: float
    high_safety: float
    removals: list[Removal]
    thresholds: list[Point]
    best: list[Best]


def best_of(removals: Sequence[Removal]) -> list[Best]:
    """Of every class and method."""
    return [_best(removal, method) for removal in removals for method in SCALES]


def _best(removal: Removal, method: str) -> Best:
    safe = [point for point in of_method(removal, method) if point.measures.forbidden.value <= HIGH_SAFETY]
    divergence = min(safe, key=lambda point: point.measures.divergence.value, default=None)
    distance = min(safe, key=lambda point: point.measures.distance.value, default=None)
    return Best(removal.label, method, len(safe), divergence, distance)


def of_method(removal: Removal, method: str) -> list[Point]:
    """The sweep of one method, from the weakest λ₀ to the strongest."""
    return [point for point in removal.sweep if point.setting.method == method]


def safest(removal: Removal, method: str) -> Point:
    """The weakest setting of a method that is at high safety; the one that comes nearest if none is."""
    points = of_method(removal, method)
    return next(
        (point for point in points if point.measures.forbidden.value <= HIGH_SAFETY),
        min(points, key=lambda point: point.measures.forbidden.value),
    )
