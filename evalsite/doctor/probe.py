"""A small file that the doctor puts into the storage for a moment, to see who else finds it there."""

import secrets
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from django.core.files.storage import default_storage

from generation.storage import store

FOLDER = "doctor"
BYTES = 64


def probe_name() -> str:
    """A name that no other file has, and that says what it is if it is left behind."""
    return f"{FOLDER}/{uuid.uuid4().hex}.probe"


@contextmanager
def probe_in_storage() -> Iterator[str]:
    """The name of a file with content that nobody knows; empty where the storage fails, which a check of its own tells."""
    name = probe_name()
    try:
        store().put(name, secrets.token_bytes(BYTES))
    except OSError:
        yield ""
        return
    try:
        yield name
    finally:
        with suppress(OSError):
            default_storage.delete(name)
