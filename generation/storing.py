"""How outcomes become finished rows, and images files: encoded without metadata, and named by what is in them.

Files are stored first, under names that nothing else can have, and rows saved afterwards, which publishes them: whoever dies in
between leaves files that no row names, and takes nothing from anybody.
"""

import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import PIL.Image
from django.db import transaction
from django.utils import timezone
from numpy.typing import NDArray

from generation.lease import LeaseLost
from generation.models import Batch, Caption, Image, NegativeText
from generation.storage import store

FIELDS = ["state", "reason", "file", "sha256", "screened_by", "unscreened_because", "provenance", "finished_at"]
TOLD_FIELDS = ["state", "reason", "text", "provenance", "finished_at"]


@dataclass(frozen=True, kw_only=True)
class Screening:
    """Who looked at an image and what was found, or why nobody looked."""

    flagged: bool = False
    screened_by: str = ""
    unscreened_because: str = ""


@dataclass(frozen=True)
class Made:
    """An image that was made, its pixels of shape (height, width, 3), with its screening and provenance."""

    row: Image
    pixels: NDArray[np.uint8]
    screening: Screening
    provenance: dict[str, Any]

    def put_on_row(self) -> None:
        """Store the file and fill in the row, which the caller saves. Raises OSError."""
        image, png = self.row, encode(self.pixels)
        image.state = Image.State.FLAGGED if self.screening.flagged else Image.State.DONE
        image.screened_by, image.unscreened_because = self.screening.screened_by, self.screening.unscreened_because
        image.reason, image.provenance, image.finished_at = "", self.provenance, timezone.now()
        image.sha256 = hashlib.sha256(png).hexdigest()
        image.file.name = file_name(image)
        store().put(image.file.name, png)


@dataclass(frozen=True)
class Told:
    """A caption, or a text of a negative, with its provenance. reason: why there is no text, or not all of it."""

    row: Caption | NegativeText
    text: str
    provenance: dict[str, Any]
    reason: str = ""

    def put_on_row(self) -> None:
        """Fill in the row, which the caller saves."""
        row = self.row
        row.text, row.provenance, row.reason, row.finished_at = self.text, self.provenance, self.reason, timezone.now()
        if isinstance(row, NegativeText):
            row.state = NegativeText.State.DONE
        else:
            row.state = Caption.State.DONE if self.text else Caption.State.INDESCRIBABLE


@dataclass(frozen=True)
class Failed:
    """A row that could not be made, and why."""

    row: Image | Caption | NegativeText
    reason: str

    def put_on_row(self) -> None:
        """Fill in the row, which the caller saves."""
        self.row.state, self.row.reason, self.row.finished_at = type(self.row).State.FAILED, self.reason, timezone.now()


def said(error: Exception) -> str:
    """An error as the reason of what failed: its class and its sentence."""
    return f"{type(error).__name__}: {error}"


def finish(batch: Batch, holder: str, outcomes: Sequence[Made | Told | Failed]) -> None:
    """Save the rows of outcomes that were put on them, all or none. Raises LeaseLost, with nothing saved."""
    with transaction.atomic():
        if Batch.objects.select_for_update().filter(pk=batch.pk, holder=holder).first() is None:
            raise LeaseLost(f"{batch} was taken over by another worker.")
        save(outcomes)
        batch.finish_if_made(timezone.now())


def save(outcomes: Sequence[Made | Told | Failed]) -> None:
    """Save the rows of outcomes that were put on them."""
    rows = [outcome.row for outcome in outcomes]
    Image.objects.bulk_update([row for row in rows if isinstance(row, Image)], FIELDS, batch_size=100)
    Caption.objects.bulk_update([row for row in rows if isinstance(row, Caption)], TOLD_FIELDS, batch_size=100)
    NegativeText.objects.bulk_update([row for row in rows if isinstance(row, NegativeText)], TOLD_FIELDS, batch_size=100)


def file_name(image: Image) -> str:
    """Where an image's file lies: by its key, and by its content, so that nobody overwrites what another has saved."""
    return f"{image.condition.fingerprint[:16]}/{image.prompt_id}_{image.seed}_{image.sha256[:16]}.png"


def encode(pixels: NDArray[np.uint8]) -> bytes:
    """A PNG without metadata, from pixels of shape (height, width, 3)."""
    file = io.BytesIO()
    PIL.Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()
