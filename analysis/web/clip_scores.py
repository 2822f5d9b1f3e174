"""CLIP scores of a study's images: stored once for each image and model, and averaged by condition."""

from collections.abc import Iterable, Sequence

import numpy as np

from analysis.automatic.clip_score import cosines, halves, min_object
from analysis.automatic.means import Mean, means_by_condition
from analysis.automatic.metrics import CLIP_FULL_PROMPT, CLIP_MIN_OBJECT, Metric
from analysis.study_votes import FloatArray
from analysis.web.models import Score
from analysis.web.study_images import StudyImage
from studies.models import ComparisonImage, Study

METRICS = (CLIP_MIN_OBJECT, CLIP_FULL_PROMPT)
NOT_CUT = "without the images of {} prompts that have neither “ and ” nor “ with ”"


def texts_of(prompt: str) -> tuple[str, ...]:
    """What an image of the prompt is compared with: the prompt, and its halves where it has two."""
    return (prompt, *(halves(prompt) or ()))


def save_scores(images: Sequence[StudyImage], embedded: FloatArray, texts: Sequence[FloatArray], model: str) -> None:
    """Store the scores of images; another worker may have stored the same meanwhile.

    embedded: shape (images, dimensions). texts: of each image, shape (1 or 3, dimensions), as `texts_of` has them.
    """
    scores = (
        Score(image_id=image.image, metric=metric.name, model=model, value=value)
        for image, vector, of_image in zip(images, embedded, texts, strict=True)
        for metric, value in _values(cosines(vector[None], of_image))
    )
    Score.objects.bulk_create(scores, ignore_conflicts=True)


def _values(found: FloatArray) -> Iterable[tuple[Metric, float]]:
    """Of one image's cosines with its texts, shape (1, texts)."""
    yield CLIP_FULL_PROMPT, float(found[0, 0])
    if found.shape[1] > 1:
        yield CLIP_MIN_OBJECT, float(min_object(found[:, 1:])[0])


def scores_of(study: Study, metric: Metric, model: str) -> dict[int, float]:
    """The stored scores of a study's images, by the key of the image."""
    shown = ComparisonImage.objects.filter(comparison__in=study.comparisons.wanted()).values("source")
    return dict(Score.objects.filter(metric=metric.name, model=model, image__in=shown).values_list("image", "value"))


def means_of(images: Sequence[StudyImage], scores: dict[int, float], baseline: int) -> dict[int, Mean]:
    """Means by the keys of conditions, of the images of one prompt set that have a score."""
    scored = [image for image in images if image.image in scores]
    if not scored:
        return {}
    codes = {key: code for code, key in enumerate(sorted({image.condition for image in scored}))}
    means = means_by_condition(
        np.array([scores[image.image] for image in scored]),
        np.array([codes[image.condition] for image in scored]),
        np.array([image.prompt for image in scored]),
        codes.get(baseline, len(codes)),
    )
    return {key: means[code] for key, code in codes.items()}


def left_out(images: Sequence[StudyImage], scores: dict[int, float]) -> str:
    """A note on prompts whose images have no score, "" where all have one."""
    prompts = len({image.prompt for image in images if image.image not in scores})
    return NOT_CUT.format(prompts) if prompts else ""
