"""Publishing: a draft becomes comparisons with their images and places, all at once or not at all."""

import io
import random
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime

import PIL.Image
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from generation.models import Image
from studies.comparisons import Pair, Plan, balanced_orders, plan_of
from studies.errors import NotPublishable
from studies.models import Comparison, ComparisonImage, Drop, Place, Study
from studies.readiness import checked_grids, faults_of_files

Watch = Callable[[Iterable[Image]], Iterable[Image]]


def publish(study: Study, now: datetime, *, watch: Watch = iter) -> None:
    """Make the study's comparisons, images and places, and open it to workers.

    `watch` goes round the images as they are re-encoded, for a progress bar. Raises NotPublishable, with a sentence for
    everything that is missing, if the study is not ready or not a draft; nothing is left behind then.
    """
    plan = _checked_plan(study)
    if faults := faults_of_files(plan):
        raise NotPublishable(faults)
    # The files come first: they take long, and nobody should wait for the database meanwhile.
    with _reencoded(plan, watch) as files, transaction.atomic():
        # Read again under a lock: another researcher may have published or changed the study meanwhile.
        draft = Study.objects.select_for_update().get(pk=study.pk)
        if _checked_plan(draft) != plan:
            raise NotPublishable([f"The design or the images of “{study}” changed meanwhile. Publish it again."])
        _write_rows(draft, plan, files)
        draft.state, draft.published_at = Study.State.PUBLISHED, now
        draft.save()
    study.refresh_from_db()


def _checked_plan(study: Study) -> Plan:
    if not study.is_draft:
        raise NotPublishable([f"“{study}” is published already."])
    return plan_of(study, checked_grids(study))


@contextmanager
def _reencoded(plan: Plan, watch: Watch) -> Iterator[dict[Image, str]]:
    """The names of the images' new files; every one of them is deleted again if the block fails."""
    names: dict[Image, str] = {}
    try:
        for image in watch([image for images in plan.images.values() for image in images]):
            names[image] = default_storage.save(f"comparisons/{uuid.uuid4().hex}.png", ContentFile(_pixels_alone(image)))
        yield names
    except BaseException:
        for name in names.values():
            default_storage.delete(name)
        raise


def _pixels_alone(image: Image) -> bytes:
    """The image as an RGB PNG without metadata: nothing but pixels may tell two conditions apart."""
    try:
        with image.file.open() as file, PIL.Image.open(file) as opened:
            pixels = opened.convert("RGB")
    except OSError as error:
        raise NotPublishable([f"“{image}” cannot be read ({error}). Make it again."]) from error
    pixels.info.clear()
    encoded = io.BytesIO()
    pixels.save(encoded, "PNG")
    return encoded.getvalue()


def _write_rows(study: Study, plan: Plan, files: dict[Image, str]) -> None:
    Drop.objects.bulk_create(
        Drop(study=study, prompt=pair.prompt, seed=pair.seed, condition=condition) for pair, condition in plan.flagged
    )
    made = Comparison.objects.bulk_create(Comparison(study=study, prompt=pair.prompt, seed=pair.seed) for pair in plan.images)
    comparisons = dict(zip(plan.images, made, strict=True))
    ComparisonImage.objects.bulk_create(
        ComparisonImage(comparison=comparisons[pair], condition=condition, source=image, file=files[image])
        for pair, images in plan.images.items()
        for condition, image in zip(plan.conditions, images, strict=True)
    )
    Place.objects.bulk_create(place for pair in plan.images for place in _places(study, plan, pair, comparisons[pair]))


def _places(study: Study, plan: Plan, pair: Pair, comparison: Comparison) -> Iterator[Place]:
    """As many places for real votes as for a rehearsal, each kind with balanced orders of its own."""
    rows = [condition.pk for condition in plan.conditions]
    for rehearsal in (False, True):
        draw = random.Random(f"{study.seed}/orders/{rehearsal}/{pair.prompt}/{pair.seed}")
        for number, shown in enumerate(balanced_orders(rows, study.votes_wanted, draw), start=1):
            yield Place(comparison=comparison, rehearsal=rehearsal, number=number, shown=shown)
