"""From trained models to figures and numbers."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from generation.experiments.class_removal import figures
from generation.experiments.class_removal.classifier import accuracy, train_classifier
from generation.experiments.class_removal.data import DataSet
from generation.experiments.class_removal.figures import WORDS
from generation.experiments.class_removal.measures import SMOOTHING
from generation.experiments.class_removal.recipes import Recipe
from generation.experiments.class_removal.results import HIGH_SAFETY, Results, best_of, safest
from generation.experiments.class_removal.sweep import DNG, SCALES, UNGUIDED, Removal, Study, remove, search_threshold
from generation.experiments.class_removal.training import train_pairs
from generation.experiments.pictures import save, save_numbers, style
from generation.experiments.rows import SCHEDULER


def train(data: DataSet, recipe: Recipe, labels: Sequence[int], images: int, folder: Path) -> list[Study]:
    """The study of each class, with models and classifier trained, or taken from where an earlier call stopped."""
    classifier = train_classifier(recipe, data, folder)
    pairs = train_pairs(recipe, data, labels, folder)
    return [
        Study(
            data=data,
            recipe=recipe,
            pair=pairs[label],
            classifier=classifier,
            label=label,
            images=images,
            evaluations=recipe.evaluations,
            folder=folder / "drawn",
        )
        for label in labels
    ]


def evaluate(studies: Sequence[Study], out: Path) -> list[Path]:
    """Draw and measure all settings, and write figures and numbers; return their paths. Raises OSError."""
    results = results_of(studies)
    first = results.removals[0]
    with style():
        pages = {
            "removal-of-one-class": figures.draw_removals(results, [first]),
            "removal-of-classes": figures.draw_removals(results, results.removals),
            "sld-threshold": figures.draw_thresholds(results),
            "classes": figures.draw_classes(results, first, safest(first, DNG)),
            "images": figures.draw_images(_shown(studies[0], first)),
        }
        paths = [path for name, figure in pages.items() for path in save(figure, out, name)]
    return [save_numbers(results, out, "results"), *paths]


def _shown(study: Study, removal: Removal) -> list[tuple[str, NDArray[np.float32]]]:
    """Images without guidance, and of each method at the weakest λ₀ that is at high safety, from the same noise."""
    points = [safest(removal, method).setting for method in SCALES]
    named = [("no guidance", UNGUIDED), *((f"{WORDS[each.method]}, λ₀ = {each.scale:g}", each) for each in points)]
    return [(name, study.draw(setting).shown) for name, setting in named]


def results_of(studies: Sequence[Study]) -> Results:
    """All measures; the threshold is searched for the first class."""
    first = studies[0]
    removals = [remove(study) for study in studies]
    return Results(
        data=first.data.name,
        classes=list(first.data.classes),
        train_images=len(first.data.train.labels),
        train_accuracy=accuracy(first.classifier, first.data.train),
        test_accuracy=accuracy(first.classifier, first.data.test),
        images=first.images,
        evaluations=first.evaluations,
        scheduler=SCHEDULER,
        smoothing=SMOOTHING,
        high_safety=HIGH_SAFETY,
        removals=removals,
        thresholds=search_threshold(first),
        best=best_of(removals),
    )
