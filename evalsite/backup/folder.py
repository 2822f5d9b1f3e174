"""The folder of a backup: its generations, and the objects that they share."""

import fcntl
import hashlib
import os
import shutil
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from evalsite.backup.errors import InUse, NotABackup
from evalsite.backup.manifest import MANIFEST, read_listing
from evalsite.stored.on_disk import on_disk

UNFINISHED = ".unfinished-"
NAME = "%Y-%m-%dT%H-%M-%S.%fZ"


@dataclass(frozen=True)
class BackupFolder:
    """A folder that backups are written to and restored from."""

    path: Path

    @property
    def objects(self) -> Path:
        return self.path / "objects"

    def generations(self) -> list[Path]:
        """Those that are whole, the oldest first."""
        folders = (self.path / "generations").glob("[!.]*")
        return sorted(folder for folder in folders if (folder / MANIFEST).is_file())

    def generation(self, name: str) -> Path:
        """The one of that name, or the newest if the name is empty. Raises NotABackup."""
        there = self.generations()
        if not there:
            raise NotABackup(f"{self.path} holds no backup. Name the folder that `manage.py backup` wrote to.")
        found = [folder for folder in there if folder.name == name] if name else there[-1:]
        if not found:
            names = ", ".join(folder.name for folder in there)
            raise NotABackup(f"{self.path} has no generation {name}; there are: {names}.")
        return found[0]

    def place_of(self, moment: datetime) -> Path:
        """Where the generation of a moment belongs."""
        return self.path / "generations" / moment.strftime(NAME)

    def object(self, sha256: str) -> Path:
        """Where the content with that SHA-256 lies."""
        return self.objects / sha256[:2] / sha256

    def has(self, sha256: str) -> bool:
        return bool(sha256) and self.object(sha256).is_file()

    def put(self, chunks: Iterable[bytes]) -> tuple[str, int]:
        """Keep a content, unless it is there: written aside, flushed to the disk, and renamed; its SHA-256 and size."""
        digest, size = hashlib.sha256(), 0
        aside = self.objects / f"{UNFINISHED}{uuid.uuid4().hex}"
        try:
            with aside.open("xb") as file:
                for chunk in chunks:
                    digest.update(chunk)
                    size += file.write(chunk)
                file.flush()
                os.fsync(file.fileno())
            place = self.object(digest.hexdigest())
            place.parent.mkdir(exist_ok=True)
            aside.replace(place)
        except BaseException:
            aside.unlink(missing_ok=True)
            raise
        return digest.hexdigest(), size

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Be alone in writing to this folder. Raises InUse; what killed backups left is removed."""
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)  # rows hold what nobody else may read
        self.objects.mkdir(exist_ok=True)
        with (self.path / "lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise InUse(f"Another backup to {self.path} is under way. Wait until it has ended.") from None
            self._remove_unfinished()
            yield

    def _remove_unfinished(self) -> None:
        for left in (self.path / "generations").glob(f"{UNFINISHED}*"):
            shutil.rmtree(left)
        for left in self.objects.glob(f"{UNFINISHED}*"):
            left.unlink()

    @contextmanager
    def new_generation(self, place: Path) -> Iterator[Path]:
        """An empty folder, which becomes the generation at that place if the block does not fail."""
        unfinished = place.with_name(UNFINISHED + place.name)
        unfinished.mkdir(parents=True)
        yield unfinished
        os.sync()  # the names of objects, too, are on the disk before there is a generation that needs them
        unfinished.rename(place)
        os.sync()

    def keep(self, newest: int) -> list[str]:
        """Remove all generations but the newest, and the objects that none of these names; the names of those removed."""
        removed = self.generations()[:-newest]
        for folder in removed:
            (folder / MANIFEST).unlink()  # first: half a generation must not look like a whole one
            shutil.rmtree(folder)
        if removed:
            self._remove_unnamed()
        return [folder.name for folder in removed]

    def _remove_unnamed(self) -> None:
        with on_disk() as kept:
            for folder in self.generations():
                kept.put((entry.sha256, "") for entry in read_listing(folder))
            for shelf in self.objects.iterdir():
                with os.scandir(shelf) as files:
                    for file in files:
                        if file.name not in kept:
                            Path(file.path).unlink()
