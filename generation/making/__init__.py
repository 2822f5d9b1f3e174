"""A batch from its rows to its outcomes: images are drawn, captions made, models asked. A worker's business: it loads torch."""

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from generation.lease import Lease
from generation.making import captions, images, texts
from generation.models import Caption, Image, NegativeText
from generation.storing import Failed, Made, Told

Outcomes: TypeAlias = Sequence[Made | Told | Failed]

MAKERS: dict[type[Any], Callable[[Any, Lease], Outcomes]] = {
    Image: images.make,
    Caption: captions.make,
    NegativeText: texts.make,
}


def make(rows: Sequence[Image] | Sequence[Caption] | Sequence[NegativeText], lease: Lease) -> Outcomes:
    """Make the rows of a batch, all of one kind; a fault becomes the reason of the rows that have it.

    The lease is kept meanwhile. Raises only LeaseLost, and StorageUnavailable if what is captioned cannot be read now.
    """
    return MAKERS[type(rows[0])](rows, lease)
