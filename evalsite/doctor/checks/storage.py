"""The storage of images: whether it takes files, gives them back whole and to nobody else; and space in the data folder."""

import hashlib
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TypeAlias, cast
from urllib.parse import urlsplit, urlunsplit

import httpx
from django.conf import settings
from django.core.files.storage import storages

from evalsite.doctor.findings import WARNING, WRONG, Fault, Finding, well
from evalsite.doctor.probe import probe_name
from generation.storage.bucket import Bucket
from generation.storage.folder import Folder

REFUSES = Fault(
    code="storage-refuses",
    level=WRONG,
    cause="No image can be saved or shown. There is no key, no right, no such bucket, no connection or no room, or the folder "
    "is another user's.",
    cure="Check EVALSITE_STORAGE, AWS_ENDPOINT_URL_S3 and the keys to AWS (for GetObject, PutObject, DeleteObject), or "
    "the owner of the folder images in EVALSITE_DATA.",
)
CHANGES_FILES = Fault(
    code="storage-changes-files",
    level=WRONG,
    cause="What is read back is not what was written: images would not be those of their checksums.",
    cure="Take away whatever stands between and rewrites or keeps files, such as a cache; check the disk.",
)
PUBLIC_FILES = Fault(
    code="bucket-public",
    level=WRONG,
    cause="Whoever knows or guesses a file's name sees the image, and of which condition it is.",
    cure="Block public access to the bucket, and take GetObject for everybody out of its policy. Give the images of HTML "
    "questions a bucket of their own.",
)
PUBLIC_LIST = Fault(
    code="bucket-lists",
    level=WRONG,
    cause="Anybody can read the names of all images.",
    cure="Block public access to the bucket, and take ListBucket for everybody out of its policy.",
)
DISK_FULL = Fault(
    code="disk-full",
    level=WRONG,
    cause="Rows, images, messages or results can soon not be written any more.",
    cure="Call manage.py tidy, delete what is not needed, or move EVALSITE_DATA to a larger disk.",
)
DISK_FILLS = Fault(
    code="disk-fills",
    level=WARNING,
    cause="A run of some ten thousand images may not find room.",
    cure="Make room before the next large run: an image of 512 × 512 takes about 0.4 MB, one of 1024 × 1024 about 1.5 MB.",
)

Storage: TypeAlias = Bucket | Folder

PATIENCE = 5.0  # seconds
GIB = 2**30
FULL_GIB, FILLS_GIB = 1, 10


def check() -> Iterator[Finding]:
    yield from space_left(shutil.disk_usage(settings.DATA_DIR).free)
    yield from findings(cast(Storage, storages["default"]))


def space_left(free: int) -> Iterator[Finding]:
    """free: bytes on the disk of the data folder."""
    said = f"{free / GIB:.1f} GiB are free on the disk of the data folder."
    if free < FULL_GIB * GIB:
        yield DISK_FULL.found(f"Only {said}")
    elif free < FILLS_GIB * GIB:
        yield DISK_FILLS.found(f"Only {said}")
    else:
        yield well(said)


def findings(storage: Storage) -> Iterator[Finding]:
    """Write, read back, look whether others can read, delete."""
    name, content = probe_name(), secrets.token_bytes(1024)
    try:
        storage.put(name, content)
    except OSError as error:
        yield REFUSES.found(f"{described(storage)} takes no files ({error}).")
        return
    try:
        yield from _read_back(storage, name, content)
        yield from _seen_by_others(storage, name)
    finally:
        yield from _deleted(storage, name)


def described(storage: Storage) -> str:
    if isinstance(storage, Bucket):
        return f"The bucket {storage.bucket_name} at {storage.endpoint_url or 'Amazon'}"
    return f"The folder {storage.location}"


def _read_back(storage: Storage, name: str, content: bytes) -> Iterator[Finding]:
    try:
        read = b"".join(storage.stream(name).chunks)
    except OSError as error:
        yield REFUSES.found(f"{described(storage)} does not give back what it took ({error}).")
        return
    if hashlib.sha256(read).digest() == hashlib.sha256(content).digest():
        yield well(f"{described(storage)} takes files and gives them back whole.")
    else:
        yield CHANGES_FILES.found(f"{described(storage)} gave back another file than it took.")


def _deleted(storage: Storage, name: str) -> Iterator[Finding]:
    try:
        storage.delete(name)
    except OSError as error:
        yield REFUSES.found(f"{described(storage)} does not delete files ({error}).")


def _seen_by_others(storage: Storage, name: str) -> Iterator[Finding]:
    """Files of a folder have no address; those of a bucket have one, which must be of no use without a signature."""
    if isinstance(storage, Folder):
        return
    address = urlsplit(storage.url(name))
    file = urlunsplit(address._replace(query=""))
    whole = urlunsplit(
        address._replace(path=address.path.removesuffix(_key(storage, name)) or "/", query="list-type=2&max-keys=1")
    )
    if _is_open(file):
        yield PUBLIC_FILES.found(f"Anybody can read the files of the bucket {storage.bucket_name}.")
    elif _is_open(whole):
        yield PUBLIC_LIST.found(f"Anybody can list the files of the bucket {storage.bucket_name}.")
    else:
        yield well(f"The bucket {storage.bucket_name} is closed to others.")


def _key(storage: Bucket, name: str) -> str:
    return str(Path(storage.location) / name) if storage.location else name


def _is_open(address: str) -> bool:
    """Whether an address answers somebody without any keys; where there is no connection at all, nobody else has one here."""
    try:
        return httpx.get(address, timeout=PATIENCE).is_success
    except httpx.TransportError:
        return False
