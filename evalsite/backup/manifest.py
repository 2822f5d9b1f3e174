"""What a generation says of itself: manifest.json, and files.tsv with a line for each file."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from evalsite.backup.errors import NotABackup

FORMAT = 1
MANIFEST, LISTING = "manifest.json", "files.tsv"
IMAGES, RESULTS = "images/", "results/"  # what a path begins with: a name in the storage, or below the results


@dataclass(frozen=True)
class Part:
    """A file of the generation itself. size: in bytes."""

    name: str
    sha256: str
    size: int


@dataclass(frozen=True)
class Entry:
    """A file of the site: where it belongs, and the object that has its content. size: in bytes."""

    path: str
    sha256: str
    size: int

    def __str__(self) -> str:
        return f"{self.sha256}\t{self.size}\t{self.path}\n"


@dataclass(frozen=True)
class Manifest:
    """made_at: ISO 8601. engine: sqlite or postgresql. migrations: applied ones. rows: by table. trouble: files left out."""

    format: int
    made_at: str
    engine: str
    versions: dict[str, str]
    migrations: list[tuple[str, str]]
    rows: dict[str, int]
    files: int
    bytes: int
    database: Part
    listing: Part
    trouble: list[str]

    def write(self, folder: Path) -> None:
        text = json.dumps(asdict(self), indent=1, ensure_ascii=False)
        (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")


def read_manifest(folder: Path) -> Manifest:
    """A generation's manifest. Raises NotABackup for what is none, or is of another format."""
    try:
        told: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        if told["format"] != FORMAT:
            raise NotABackup(
                f"{folder} has format {told['format']}; this site reads format {FORMAT}. Restore it with its own version."
            )
        parts = {name: Part(**told[name]) for name in ("database", "listing")}
        return Manifest(**{**told, **parts, "migrations": [(app, name) for app, name in told["migrations"]]})
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise NotABackup(f"{folder} has no {MANIFEST} that can be read ({error}). Choose another generation.") from error


def part(path: Path) -> Part:
    """A file of the generation, with its checksum."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return Part(path.name, digest, path.stat().st_size)


def write_listing(path: Path, entries: Iterable[Entry]) -> tuple[int, int]:
    """Write a line for each file; how many there are, and their bytes."""
    count = size = 0
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for entry in entries:
            file.write(str(entry))
            count, size = count + 1, size + entry.size
    return count, size


def read_listing(folder: Path) -> Iterator[Entry]:
    """The files of a generation, line by line."""
    with (folder / LISTING).open(encoding="utf-8", newline="\n") as file:
        for line in file:
            sha256, size, path = line.removesuffix("\n").split("\t", 2)
            yield Entry(path, sha256, int(size))
