"""Captions of diffusion-negative images: by a captioner in memory, or by a vision-language model behind the chat endpoint."""

import io
import itertools
import logging
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import PIL.Image
from django.conf import settings
from numpy.typing import NDArray

from generation import negatives
from generation.captioning import AT_ONCE, Captioner, captioner_for
from generation.chat import ChatFailed, OverBudget, describe_image
from generation.checkpoints import library_versions
from generation.lease import Lease, LeaseLost
from generation.making.waiting import keeping
from generation.models import Caption
from generation.storage import StorageUnavailable
from generation.storing import Failed, Told, said

logger = logging.getLogger(__name__)


def make(captions: Sequence[Caption], lease: Lease) -> list[Told | Failed]:
    """Make captions of one captioner; a fault becomes the reason of those that have it.

    Raises only LeaseLost, and StorageUnavailable if images cannot be read now.
    """
    source = captions[0].source
    if source["captioner"].startswith(negatives.CHAT):
        return [_asked(caption, source["captioner"].removeprefix(negatives.CHAT), lease) for caption in captions]
    try:
        with lease.kept():
            captioner = captioner_for(source["captioner"], source["revision"], settings.PLACEMENT)
    except LeaseLost:
        raise
    except Exception as error:
        logger.exception("The captioner %s cannot be used", source["captioner"])
        return [Failed(caption, said(error)) for caption in captions]
    return list(_made(captioner, captions, lease))


def _made(captioner: Captioner, captions: Sequence[Caption], lease: Lease) -> Iterator[Told | Failed]:
    for start in range(0, len(captions), AT_ONCE):
        lease.keep()
        yield from _together(captioner, captions[start : start + AT_ONCE])


def _together(captioner: Captioner, captions: Sequence[Caption]) -> list[Told | Failed]:
    """Make these captions together, or one by one if anything prevents it."""
    try:
        pictures = [_pixels(caption) for caption in captions]
        texts = captioner.caption(pictures, captions[0].source["max_new_tokens"])
    except StorageUnavailable:
        raise
    except Exception as error:
        logger.exception("Could not caption %s", ", ".join(str(caption.image_id) for caption in captions))
        if len(captions) == 1:
            return [Failed(captions[0], said(error))]
        return list(itertools.chain.from_iterable(_together(captioner, [caption]) for caption in captions))
    stacked = [caption.pk for caption in captions]
    return [
        Told(caption, text, _provenance(captioner, caption, stacked)) for caption, text in zip(captions, texts, strict=True)
    ]


def _provenance(captioner: Captioner, caption: Caption, stacked: list[int]) -> dict[str, Any]:
    return {
        "captioner": captioner.name,
        "revision": captioner.revision,
        "max_new_tokens": caption.source["max_new_tokens"],
        "image_sha256": caption.image.sha256,
        "device": str(captioner.device),
        "dtype": str(captioner.dtype),
        "libraries": library_versions(),
        "stacked": stacked,
    }


def _asked(caption: Caption, model: str, lease: Lease) -> Told | Failed:
    lease.keep()
    try:
        answer = describe_image(model, caption.image.content(), wait=keeping(lease.keep))
    except StorageUnavailable:
        raise
    except (ChatFailed, OverBudget, OSError) as error:
        return Failed(caption, said(error))
    provenance = {"model": model, "chat_answer": answer.pk, "image_sha256": caption.image.sha256}
    return Told(caption, answer.text, provenance, answer.reason)


def _pixels(caption: Caption) -> NDArray[np.uint8]:
    """The image's pixels, of shape (height, width, 3)."""
    with PIL.Image.open(io.BytesIO(caption.image.content())) as picture:
        return np.asarray(picture.convert("RGB"))
