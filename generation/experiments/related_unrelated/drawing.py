"""Images that are drawn once and kept, each in a file under its key; a second call draws only what is missing."""

import hashlib
import json
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
from numpy.typing import NDArray
from PIL.PngImagePlugin import PngInfo

from generation.checkpoints import Loaded
from generation.sampler import Drawn, Row, Traces, sample

MADE = "made"  # the chunk of a PNG that says how it was made, and what its rule traced
OnDrawn = Callable[[int], object]  # told how many images are there now that were not before


@dataclass(frozen=True, eq=False)
class Kept:
    """An image, and the numbers that its rule traced at every step, by name."""

    image: PIL.Image.Image
    traces: Traces

    @property
    def pixels(self) -> NDArray[np.uint8]:
        """Shape (size, size, 3)."""
        return np.asarray(self.image)


@dataclass(frozen=True)
class Shelf:
    """A folder of images of one checkpoint."""

    folder: Path
    checkpoint: Loaded
    stacked: int

    def draw(self, rows: Sequence[Row], on_drawn: OnDrawn) -> None:
        """Draw those of the rows that are not here yet. Raises what the sampler raises; what was drawn before stays."""
        missing = [row for row in rows if not self.path(row).is_file()]
        on_drawn(len(rows) - len(missing))
        for batch in _batches(missing, self.stacked):
            for row, drawn in zip(batch, sample(self.checkpoint.denoiser, batch), strict=True):
                self._keep(row, drawn)
            on_drawn(len(batch))

    def take(self, rows: Sequence[Row]) -> list[Kept]:
        """The rows' images. Raises OSError where one is not here."""
        return [_read(self.path(row)) for row in rows]

    def path(self, row: Row) -> Path:
        """Where the image of a row lies: the same for the same checkpoint, revision and row alone."""
        whole = hashlib.sha256(json.dumps(self._told(row), sort_keys=True).encode()).hexdigest()
        return self.folder / f"{whole[:24]}.png"

    def _told(self, row: Row) -> dict[str, Any]:
        return {"checkpoint": self.checkpoint.name, "revision": self.checkpoint.revision, **asdict(row)}

    def _keep(self, row: Row, drawn: Drawn) -> None:
        """Write a file so that at any moment there is either the whole file or none."""
        path = self.path(row)
        path.parent.mkdir(parents=True, exist_ok=True)
        said = PngInfo()
        said.add_text(MADE, json.dumps({**self._told(row), "traces": drawn.traces}))
        unfinished = path.with_suffix(".part")
        with unfinished.open("wb") as file:
            PIL.Image.fromarray(drawn.pixels).save(file, "PNG", pnginfo=said)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)


def _read(path: Path) -> Kept:
    with PIL.Image.open(path) as file:
        file.load()
        made = json.loads(file.info[MADE])
        return Kept(file.convert("RGB"), made["traces"])


def _batches(rows: Sequence[Row], size: int) -> Iterator[Sequence[Row]]:
    return (rows[start : start + size] for start in range(0, len(rows), size))
