"""Whether every file that a row names is there and is what the row says."""

import hashlib
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import PIL.Image

from evalsite.stored.named import Named
from evalsite.stored.side_by_side import side_by_side
from generation.storage import store

# What Pillow raises for a PNG that was cut off, or of which a part does not fit its checksum.
UNREADABLE = (OSError, SyntaxError, ValueError, PIL.Image.DecompressionBombError)


@dataclass(frozen=True)
class Checked:
    """A file that was looked at; fault: what is wrong with it, empty if nothing is."""

    named: Named
    fault: str

    def __str__(self) -> str:
        return f"{self.named.kind} {self.named.name}: {self.fault}"


def check_files(named: Iterable[Named]) -> Iterator[Checked]:
    """Read every file, and compare it with its row's checksum; where rows keep none, with those that a PNG holds itself."""
    return side_by_side(_checked, named)


def _checked(named: Named) -> Checked:
    try:
        content = b"".join(store().stream(named.name).chunks)
    except FileNotFoundError:
        return Checked(named, "it is missing")
    except OSError as error:
        return Checked(named, f"it cannot be read ({error})")
    return Checked(named, fault_of(content, named))


def fault_of(content: bytes, named: Named) -> str:
    """What is wrong with a file's content; empty if nothing is."""
    if named.sha256:
        is_same = hashlib.sha256(content).hexdigest() == named.sha256
        return "" if is_same else "it is damaged: its SHA-256 is not the one in its row"
    try:
        with PIL.Image.open(io.BytesIO(content), formats=["PNG"]) as image:
            image.verify()
    except UNREADABLE as error:
        return f"it is damaged: no whole PNG ({error})"
    return ""
