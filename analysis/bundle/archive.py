"""Reading a ZIP that a stranger may have made: no path leads out of it, and nothing in it fills memory or disk."""

import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from analysis.bundle.checksums import blocks, digest_of

MOST_FILES = 1_000_000
LARGEST_COPY = 4 << 30  # bytes of a file that is unpacked: votes, numbers, tables
MOST_TIMES = 100  # larger than the ZIP may everything in it be together; images hardly get larger, and votes by 10 to 30
SLACK = 1 << 30  # bytes that a small ZIP may unpack to whatever its size is
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
ENCRYPTED = 0x1
BROKEN = (zipfile.BadZipFile, zlib.error, EOFError)


class UnreadableBundle(ValueError):
    """A file that is no bundle, or one that cannot be verified at all; the sentence says why."""


@dataclass(frozen=True)
class Archive:
    """An open ZIP and the files in it, by path."""

    zip: zipfile.ZipFile
    entries: dict[str, zipfile.ZipInfo]

    def digest(self, name: str) -> str | None:
        """The SHA-256 of a file's content; None where it cannot be unpacked."""
        try:
            with self.zip.open(self.entries[name]) as file:
                return digest_of(file)
        except BROKEN:
            return None

    def copy(self, name: str, folder: Path) -> Path:
        """The file's content in a folder, under the last part of its path. Raises UnreadableBundle."""
        entry = self.entries.get(name)
        if entry is None:
            raise UnreadableBundle(f"There is no {name} in it.")
        if entry.file_size > LARGEST_COPY:
            raise UnreadableBundle(f"{name} in it is too large: {entry.file_size} bytes.")
        path = folder / Path(name).name
        try:
            with self.zip.open(entry) as source, path.open("wb") as target:
                target.writelines(blocks(source))
        except BROKEN as error:
            raise UnreadableBundle(f"{name} in it cannot be unpacked: {error}.") from error
        return path


@contextmanager
def opened(path: Path) -> Iterator[Archive]:
    """A ZIP whose files can be read without harm. Raises UnreadableBundle, OSError."""
    try:
        file = zipfile.ZipFile(path)
    except zipfile.BadZipFile as error:
        raise UnreadableBundle(f"{path} is not a ZIP file: {error}.") from error
    with file:
        if fault := _fault(file, path.stat().st_size):
            raise UnreadableBundle(f"{path} was not unpacked: {fault}.")
        yield Archive(file, {entry.filename: entry for entry in file.infolist() if not entry.is_dir()})


def _fault(file: zipfile.ZipFile, size: int) -> str:
    """Why this ZIP is not to be unpacked; "" where it may be."""
    entries = file.infolist()
    if len(entries) > MOST_FILES:
        return f"it holds {len(entries)} files"
    if (total := sum(entry.file_size for entry in entries)) > MOST_TIMES * size + SLACK:
        return f"its {size} bytes would become {total}"
    if twice := [name for name, number in Counter(entry.filename for entry in entries).items() if number > 1]:
        return f"{twice[0]!r} is in it twice"
    return next(filter(None, map(_fault_of_entry, entries)), "")


def _fault_of_entry(entry: zipfile.ZipInfo) -> str:
    if entry.flag_bits & ENCRYPTED or entry.compress_type not in METHODS:
        return f"{entry.filename!r} is encrypted, or compressed in an unusual way"
    parts = entry.filename.removesuffix("/").split("/")
    if {"", ".", ".."} & set(parts) or "\\" in entry.filename or ":" in parts[0]:
        return f"{entry.filename!r} would lead out of its folder"
    return ""
