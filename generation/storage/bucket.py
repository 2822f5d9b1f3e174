"""A bucket of an S3-compatible service."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError
from django.core.files.base import File
from storages.backends.s3 import S3Storage

from generation.storage import CHUNK_BYTES, Listed, StorageFailed, StorageUnavailable, Stream

if TYPE_CHECKING:
    BytesFile = File[bytes]

NOT_THERE = ("404", "NoSuchKey", "NotFound")
SLOW_DOWN = ("SlowDown", "RequestTimeout", "Throttling", "TooManyRequests")  # whatever their status


class Bucket(S3Storage):  # type: ignore[misc]  # which has no types
    """Files in a bucket, below a prefix if there is one; its service takes a file whole, by its checksum, or not at all."""

    def put(self, name: str, content: bytes) -> None:
        with _told(name):
            self._object(name).put(Body=content, ContentType="image/png")

    def stream(self, name: str) -> Stream:
        with _told(name):
            found = self._object(name).get()
        return Stream(found["ContentLength"], _pieces(name, found["Body"]))

    def listed(self) -> Iterator[Listed]:
        prefix = f"{self.location}/" if self.location else ""
        with _told(prefix):
            for found in self.bucket.objects.filter(Prefix=prefix):
                yield Listed(found.key.removeprefix(prefix), found.size, found.last_modified)

    def _open(self, name: str, mode: str = "rb") -> "BytesFile":
        """The whole file in memory, in one request: pictures are small, and who decodes them goes to and fro in them."""
        if mode != "rb":
            raise ValueError(f"Files of a bucket are read as bytes, not with mode {mode!r}.")
        with _told(name):
            return File(io.BytesIO(self._object(name).get()["Body"].read()), name)

    def _save(self, name: str, content: "BytesFile") -> str:
        with _told(name):
            return str(super()._save(name, content))

    def delete(self, name: str) -> None:
        with _told(name):
            super().delete(name)

    def exists(self, name: str) -> bool:
        with _told(name):
            return bool(super().exists(name))

    def get_modified_time(self, name: str) -> datetime:
        with _told(name):
            return cast(datetime, super().get_modified_time(name))

    def _object(self, name: str) -> Any:
        return self.bucket.Object(self._normalize_name(name))


def _pieces(name: str, body: Any) -> Iterator[bytes]:
    with _told(name):
        yield from body.iter_chunks(CHUNK_BYTES)


@contextmanager
def _told(name: str) -> Iterator[None]:
    """Raise what the service answers as OSError: FileNotFoundError for no such file, StorageUnavailable for what passes."""
    try:
        yield
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") in NOT_THERE:
            raise FileNotFoundError(f"There is no file “{name}” in the bucket.") from error
        if _passes(error):
            raise StorageUnavailable(f"The bucket takes and gives nothing now, such as “{name}”: {error}") from error
        raise StorageFailed(f"The bucket refused “{name}”: {error}") from error
    except HTTPClientError as error:  # it cannot be reached, or hung up
        raise StorageUnavailable(f"The bucket did not answer for “{name}”: {error}") from error
    except BotoCoreError as error:
        raise StorageFailed(f"The bucket did not answer for “{name}”: {error}") from error


def _passes(error: ClientError) -> bool:
    """Whether the service only asks to come back later."""
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return status >= 500 or status == 429 or error.response.get("Error", {}).get("Code") in SLOW_DOWN
