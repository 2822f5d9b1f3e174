"""A folder of this machine."""

import io
import os
import uuid
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage

from generation.storage import CHUNK_BYTES, Stream

if TYPE_CHECKING:
    from django.core.files.base import File


class Folder(FileSystemStorage):
    """Files below a folder, written aside, flushed to the disk, and renamed into place."""

    def put(self, name: str, content: bytes) -> None:
        self._write(Path(self.path(name)), ContentFile(content))

    def stream(self, name: str) -> Stream:
        file = Path(self.path(name)).open("rb")  # noqa: SIM115 (closed once it is read)
        return Stream(os.fstat(file.fileno()).st_size, _pieces(file))

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
        except BaseException:
            with suppress(OSError):
                aside.unlink()
            raise


def _pieces(file: io.BufferedReader) -> Iterator[bytes]:
    with file:
        while piece := file.read(CHUNK_BYTES):
            yield piece
