"""Putting the images of a posting where a page of its own finds them: under keys and in an order that say nothing."""

import random
import uuid
from collections.abc import Sequence
from datetime import datetime

from django.core.files.storage import default_storage
from django.db.models import prefetch_related_objects

from studies.channels.mturk.models import Posting, SharedImage
from studies.channels.mturk.questions.images import check_link
from studies.channels.mturk.questions_of_hits import image_host
from studies.models import Comparison


def name_images(posting: Posting, comparisons: Sequence[Comparison]) -> None:
    """Give each image of the comparisons a key and a place in the neutral order; those that have one keep it."""
    named = set(posting.shared_images.values_list("image__comparison", flat=True))
    draw = random.Random(uuid.uuid4().int)  # from nothing that anybody could know
    unnamed = [comparison for comparison in comparisons if comparison.pk not in named]
    prefetch_related_objects(unnamed, "images")
    SharedImage.objects.bulk_create(
        SharedImage(posting=posting, image=image, key=uuid.uuid4().hex, position=position)
        for comparison in unnamed
        for position, image in enumerate(draw.sample(list(comparison.images.all()), len(comparison.images.all())))
    )


def upload_images(posting: Posting, now: datetime, *, at_most: int | None = None) -> int:
    """Upload what is not there yet, the first `at_most` of it; how many images. Raises ImageHostRefused."""
    host = image_host(posting)
    waiting = posting.shared_images.filter(uploaded_at=None).select_related("image").order_by("pk")[:at_most]
    for shared in waiting:
        with default_storage.open(str(shared.image.file)) as file:
            host.upload(shared.key, file.read())
        shared.uploaded_at = now
        shared.save(update_fields=["uploaded_at"])
    return len(waiting)


def check_images(posting: Posting, *, at_most: int) -> None:
    """Fetch the first images as a worker's browser would. Raises ImageHostRefused and LinkExpiresTooEarly with the reason."""
    host = image_host(posting)
    seconds = posting.lifetime_seconds + posting.assignment_seconds
    for shared in posting.shared_images.exclude(uploaded_at=None).order_by("pk")[:at_most]:
        check_link(host.link(shared.key, seconds), posting.environment.worker_site)
