"""A bundle as a ZIP: the same members make the same bytes, and the file appears whole or not at all."""

import hashlib
import io
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from analysis.bundle.checksums import blocks, sums_text
from analysis.bundle.contents import SUMS

THE_SAME_TIME = (1980, 1, 1, 0, 0, 0)  # for every file: the first that a ZIP can tell
READABLE = 0o100644 << 16  # a plain file that everybody may read
UNIX = 3
STORED_SUFFIXES = (".png",)  # which compression would not make smaller


@dataclass(frozen=True)
class Member:
    """A file to be: its path in the bundle, how many bytes it has, and how to open it."""

    name: str
    size: int
    open: Callable[[], IO[bytes]]


def member_of(path: Path, folder: Path) -> Member:
    """A file on disk under its path in a folder."""
    return Member(path.relative_to(folder).as_posix(), path.stat().st_size, lambda: path.open("rb"))


def pack(members: Iterable[Member], out: Path) -> None:
    """Write the members, sorted by path, and the checksums of all of them; a file that is there is replaced.

    Members are read one after the other and a block at a time. Raises OSError, with nothing written.
    """
    with _replaced(out) as unfinished, zipfile.ZipFile(unfinished, "w") as archive:
        digests = {member.name: _write(archive, member) for member in sorted(members, key=lambda member: member.name)}
        sums = sums_text(digests).encode()
        _write(archive, Member(SUMS, len(sums), lambda: io.BytesIO(sums)))


def _write(archive: zipfile.ZipFile, member: Member) -> str:
    """Add one file and return its digest."""
    digest = hashlib.sha256()
    with member.open() as source, archive.open(_entry(member), "w") as target:
        for block in blocks(source):
            digest.update(block)
            target.write(block)
    return digest.hexdigest()


def _entry(member: Member) -> zipfile.ZipInfo:
    """What the ZIP says of a file; nothing of it depends on when and where it was packed."""
    entry = zipfile.ZipInfo(member.name, THE_SAME_TIME)
    entry.create_system, entry.external_attr, entry.file_size = UNIX, READABLE, member.size
    entry.compress_type = zipfile.ZIP_STORED if member.name.endswith(STORED_SUFFIXES) else zipfile.ZIP_DEFLATED
    return entry


@contextmanager
def _replaced(path: Path) -> Iterator[Path]:
    """A file beside the path that takes its place at the end of the block, and goes if the block fails."""
    unfinished = path.with_name(f".{path.name}.unfinished")
    try:
        yield unfinished
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
