"""Copying what rows name into the objects of a backup: only what is not there yet is read."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from analysis.web.models import StudyResults
from evalsite.backup.folder import BackupFolder
from evalsite.backup.manifest import IMAGES, RESULTS, Entry
from evalsite.stored.named import Named
from evalsite.stored.side_by_side import side_by_side
from generation.storage import store


@dataclass(frozen=True)
class LeftOut:
    """A file that a row names and that could not be copied, and why."""

    named: Named
    fault: str

    def __str__(self) -> str:
        return f"{self.named.kind} {self.named.name}: {self.fault}"


def copy_files(folder: BackupFolder, wanted: Iterable[tuple[Named, str]]) -> Iterator[Entry | LeftOut]:
    """Copy files that rows name, each given with the SHA-256 that the backup has it under already; empty if it has not."""

    def copy(one: tuple[Named, str]) -> Entry | LeftOut:
        named, known = one
        return _kept(folder, named, known) or _copied(folder, named)

    return side_by_side(copy, wanted)


def _kept(folder: BackupFolder, named: Named, sha256: str) -> Entry | None:
    """The file, where the backup has it already: under a name of the storage there is never another content later."""
    return Entry(IMAGES + named.name, sha256, folder.object(sha256).stat().st_size) if folder.has(sha256) else None


def _copied(folder: BackupFolder, named: Named) -> Entry | LeftOut:
    try:
        chunks = store().stream(named.name).chunks
    except FileNotFoundError:
        return LeftOut(named, "it is missing")
    sha256, size = folder.put(chunks)
    if named.sha256 not in ("", sha256):
        return LeftOut(named, "it is damaged: its SHA-256 is not the one in its row")
    return Entry(IMAGES + named.name, sha256, size)


def copy_results(folder: BackupFolder, results: Iterable[StudyResults]) -> Iterator[Entry]:
    """Copy the files of results, but of those that newer ones replace meanwhile: their row goes before their folder does."""
    for one in results:
        try:
            entries = [_copied_file(folder, path) for path in sorted(one.folder.rglob("*")) if path.is_file()]
        except FileNotFoundError:
            continue
        if StudyResults.objects.done().filter(pk=one.pk).exists():
            yield from entries


def _copied_file(folder: BackupFolder, path: Path) -> Entry:
    with path.open("rb") as file:
        sha256, size = folder.put(iter(lambda: file.read(2**20), b""))
    return Entry(RESULTS + path.relative_to(settings.RESULTS_ROOT).as_posix(), sha256, size)
