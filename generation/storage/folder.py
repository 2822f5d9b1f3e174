"""A folder of this machine."""

import errno
import os
import uuid
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage

from generation.storage import CHUNK_BYTES, Listed, StorageUnavailable, Stream

if TYPE_CHECKING:
    from django.core.files.base import File

NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class Folder(FileSystemStorage):
    """Files below a folder, written aside, flushed to the disk, and renamed into place."""

    def put(self, name: str, content: bytes) -> None:
        self._write(Path(self.path(name)), ContentFile(content))

    def stream(self, name: str) -> Stream:
        path = Path(self.path(name))
        return Stream(path.stat().st_size, _pieces(path))

    def listed(self) -> Iterator[Listed]:
        root = Path(self.location)
        if root.is_dir():
            yield from _listed(root, "")

    def _save(self, name: str, content: "File[bytes]") -> str:
        self._write(Path(self.path(name)), content)
        return name

    def _write(self, path: Path, content: "File[bytes]") -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        aside = path.with_name(f".{path.name}.{uuid.uuid4().hex}.part")
        try:
            with aside.open("xb") as file:
                for chunk in content.chunks():
                    file.write(chunk)
                file.flush()
                os.fsync(file.fileno())
            aside.replace(path)
        except BaseException as error:
            with suppress(OSError):
                aside.unlink()
            if isinstance(error, OSError) and error.errno in NO_ROOM:
                raise StorageUnavailable(f"There is no room for {path}; make some: {error}") from error
            raise


def _listed(folder: Path, prefix: str) -> Iterator[Listed]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                yield from _listed(Path(entry.path), f"{prefix}{entry.name}/")
            else:
                with suppress(FileNotFoundError):  # it was renamed into its place, or deleted, meanwhile
                    found = entry.stat(follow_symlinks=False)
                    yield Listed(prefix + entry.name, found.st_size, datetime.fromtimestamp(found.st_mtime, UTC))


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(CHUNK_BYTES):
            yield piece
