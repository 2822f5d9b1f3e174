"""Where files lie: in a folder of this machine, or in a bucket of an S3-compatible service.

Both write a file whole or not at all, and raise OSError for whatever prevents reading or writing, so that nobody else needs to
know which of them it is.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, cast

from django.core.files.storage import storages

CHUNK_BYTES = 64 * 1024


class StorageFailed(OSError):
    """The bucket did not take or give a file; the sentence says what its service answered."""


class StorageUnavailable(StorageFailed):
    """The storage is full, overloaded or out of reach: this passes, and who waits loses nothing."""


@dataclass(frozen=True)
class Stream:
    """A file that is read as it is sent; length: in bytes. What nobody reads is not open."""

    length: int
    chunks: Iterator[bytes]


@dataclass(frozen=True)
class Listed:
    """A file that a storage holds; size: in bytes; modified: when it was written, by the storage's clock."""

    name: str
    size: int
    modified: datetime


class Store(Protocol):
    """What a storage can do besides what Django asks of one."""

    def put(self, name: str, content: bytes) -> None:
        """Write a file under exactly this name, in the place of one that is there. Raises OSError."""

    def stream(self, name: str) -> Stream:
        """A file in pieces. Raises OSError."""

    def listed(self) -> Iterator[Listed]:
        """Every file, one after the other: there may be millions. Raises OSError."""


def store() -> Store:
    """Where this site's files lie."""
    return cast(Store, storages["default"])
