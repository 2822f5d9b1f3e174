"""Measuring a study's images: a worker's business, as it loads torch."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import TypeVar

import numpy as np
import PIL.Image
from django.conf import settings

from analysis.automatic.classifier import Classifier, InceptionFile, Seen, load_classifier
from analysis.automatic.clip import Clip, load_clip
from analysis.automatic.loading import BATCH
from analysis.automatic.metrics import CLIP_FULL_PROMPT, INCEPTION_SCORE, KL, Metric
from analysis.automatic.not_measurable import NotMeasurable
from analysis.study_votes import FloatArray
from analysis.web import class_metrics, clip_scores
from analysis.web.class_metrics import SeenImages
from analysis.web.findings import Findings, Value
from analysis.web.measured_by import found
from analysis.web.models import Measurement
from analysis.web.reference import reference_for
from analysis.web.study_images import StudyImage, by_prompt_set, images_of
from generation.pretrained import CLASSIFIER, CLIP

T = TypeVar("T")
Keep = Callable[[], None]  # called after every few images; what it raises stops the measurement

NOT_CUT = "No prompt has “ and ” or “ with ” to be cut at into two halves, so there is no min. object."


def measure(measurement: Measurement, keep: Keep) -> Findings:
    """Measure what was asked for; what lacks its model or reference is told in the findings, and the rest goes on.

    Scores of single images are stored at once, so that a measurement that was broken off goes on where it stopped.
    """
    study = measurement.study
    images = images_of(study)
    findings = Findings(measurement, (study.baseline or study.conditions.all()[0]).pk)
    if of_clip := _asked(measurement, clip_scores.METRICS):
        with findings.told(of_clip):
            _measure_by_clip(findings, of_clip, images, keep)
    if of_classes := _asked(measurement, class_metrics.METRICS):
        with findings.told(of_classes):
            _measure_by_classifier(findings, of_classes, images, keep)
    return findings


def _asked(measurement: Measurement, metrics: Iterable[Metric]) -> list[Metric]:
    return [metric for metric in metrics if metric.name in measurement.metrics]


def _measure_by_clip(findings: Findings, metrics: Sequence[Metric], images: list[StudyImage], keep: Keep) -> None:
    """Raises NotMeasurable for want of a model."""
    study, model = findings.measurement.study, found(CLIP, findings.measurement.clip)
    scored = clip_scores.scores_of(study, CLIP_FULL_PROMPT, model.label)
    if missing := [image for image in images if image.image not in scored]:
        _score(load_clip(model.source, model.revision, settings.PLACEMENT.device), missing, model.label, keep)
    for metric in metrics:
        scores = clip_scores.scores_of(study, metric, model.label)
        for prompt_set, group in by_prompt_set(images).items():
            with findings.told([metric], prompt_set):
                means = clip_scores.means_of(group, scores, findings.baseline)
                if not means:
                    raise NotMeasurable(NOT_CUT)
                findings.add_means(metric, prompt_set, model.label, means, clip_scores.left_out(group, scores))


def _score(clip: Clip, images: Sequence[StudyImage], label: str, keep: Keep) -> None:
    """Prompt by prompt, whose texts are embedded once."""
    embedded: dict[str, FloatArray] = {}
    for batch in _batches(sorted(images, key=lambda image: image.prompt)):
        texts = {image.text for image in batch}
        embedded = {text: embedded[text] if text in embedded else _texts(clip, text) for text in texts}
        vectors = clip.images([image.picture() for image in batch])
        clip_scores.save_scores(batch, vectors, [embedded[image.text] for image in batch], label)
        keep()


def _texts(clip: Clip, prompt: str) -> FloatArray:
    return np.stack([clip.text(text) for text in clip_scores.texts_of(prompt)])


def _measure_by_classifier(findings: Findings, metrics: Sequence[Metric], images: list[StudyImage], keep: Keep) -> None:
    """Raises NotMeasurable for want of a model."""
    model = found(CLASSIFIER, findings.measurement.classifier)
    classifier = load_classifier(model.source, model.revision, settings.PLACEMENT.device)
    for prompt_set, group in by_prompt_set(images).items():
        seen = _seen(classifier, (image.picture() for image in group), keep)
        of_images = SeenImages(group, seen.features, seen.probabilities)
        for metric in metrics:
            with findings.told([metric], prompt_set):
                values = _values(metric, of_images, classifier, findings.measurement.reference, keep)
                findings.add_values(metric, prompt_set, model.label, values)


def _values(
    metric: Metric, seen: SeenImages, classifier: Classifier | InceptionFile, folder: str, keep: Keep
) -> dict[int, Value]:
    """By condition. Raises NotMeasurable."""
    if metric == INCEPTION_SCORE:
        return class_metrics.inception_scores(seen)
    if metric == KL:
        return class_metrics.divergences(seen, classifier.labels)
    reference = reference_for(folder, seen.images)
    return class_metrics.distances(seen, _seen(classifier, reference.images(), keep).features, reference.words)


def _seen(classifier: Classifier | InceptionFile, images: Iterator[PIL.Image.Image], keep: Keep) -> Seen:
    parts = []
    for batch in _batches(images):
        parts.append(classifier.see(batch))
        keep()
    return Seen(np.concatenate([part.features for part in parts]), np.concatenate([part.probabilities for part in parts]))


def _batches(items: Iterable[T]) -> Iterator[list[T]]:
    left = iter(items)
    while batch := list(islice(left, BATCH)):
        yield batch
