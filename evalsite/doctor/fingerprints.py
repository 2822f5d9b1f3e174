"""What tells whether two processes have the same secret key, database, storage and code, without showing any of them.

Each process says hashes that are keyed with a number drawn for this one call, so that they are of no use to anybody later.
"""

import hashlib
import platform
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django import db
from django.conf import settings
from django.db import connection
from django.utils.crypto import salted_hmac

from generation.storage import store

DIGITS = 16
PACKAGES = ("evalsite", "generation", "studies", "analysis")
UNREADABLE = ""  # stands for what could not be read


@dataclass(frozen=True, kw_only=True)
class Fingerprints:
    """Equal where two processes share the same; UNREADABLE where one could not look."""

    secret_key: str
    database: str
    storage: str


def fingerprints(nonce: str, probe: str) -> Fingerprints:
    """Of this process. nonce: drawn by whoever asks. probe: the name of a file that it put into its storage, or empty."""
    return Fingerprints(secret_key=of_secret_key(nonce), database=_of_database(nonce), storage=_of_storage(nonce, probe))


def of_secret_key(nonce: str) -> str:
    return salted_hmac("evalsite.doctor", nonce, algorithm="sha256").hexdigest()[:DIGITS]


def _of_database(nonce: str) -> str:
    try:
        return _hashed(nonce, database_identity().encode())
    except db.Error:
        return UNREADABLE


def database_identity() -> str:
    """What no other database has: its number on a server that has a number of its own, or its file. Raises db.Error."""
    if connection.vendor != "postgresql":
        return f"{platform.node()}:{Path(str(connection.settings_dict['NAME'])).resolve()}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT system_identifier, oid FROM pg_control_system(), pg_database WHERE datname = current_database()")
        return "{}/{}".format(*cursor.fetchone())


def _of_storage(nonce: str, probe: str) -> str:
    """Whether it is the same bucket or folder, by whatever name: the file of whoever asks is in it."""
    try:
        return _hashed(nonce, b"".join(store().stream(probe).chunks)) if probe else UNREADABLE
    except OSError:
        return UNREADABLE


def _hashed(nonce: str, content: bytes) -> str:
    return hashlib.sha256(nonce.encode() + b"/" + content).hexdigest()[:DIGITS]


@cache
def code_digest() -> str:
    """Of all Python files of the site, as they were when this process first asked."""
    root = Path(settings.BASE_DIR)
    whole = hashlib.sha256()
    for path in sorted(path for package in PACKAGES for path in (root / package).rglob("*.py")):
        whole.update(f"{path.relative_to(root)}\0".encode() + path.read_bytes() + b"\0")
    return whole.hexdigest()[:DIGITS]
