"""A site of its own for one test: a data folder with a database file, and real worker processes on it."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connections

from evalsite.database import postgresql
from tests.migrated import copy_to
from tests.postgresql import new_database

ROOT = Path(__file__).parents[2]
DEADLINE_SECONDS = 240


@dataclass(frozen=True)
class Site:
    """The data folder, and the commands and workers that use it."""

    folder: Path

    @property
    def messages(self) -> list[Path]:
        """The messages that no worker has taken yet."""
        return list((self.folder / "broker" / "messages").glob("*.msg"))

    def manage(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, "manage.py", *arguments]
        return subprocess.run(
            command, cwd=ROOT, env=self._environment(), text=True, capture_output=True, timeout=DEADLINE_SECONDS, check=False
        )

    @contextmanager
    def worker(self, name: str) -> Iterator["subprocess.Popen[bytes]"]:
        """A Celery worker process; what it says is in the data folder."""
        command = [sys.executable, "-m", "celery", "-A", "evalsite", "worker", "--pool", "solo", "-n", name, "-l", "INFO"]
        with (self.folder / f"{name}.log").open("wb") as log:
            process = subprocess.Popen(command, cwd=ROOT, env=self._environment(), stdout=log, stderr=log)
            try:
                yield process
            finally:
                process.kill()
                process.wait()

    def _environment(self) -> dict[str, str]:
        own = {
            "EVALSITE_DATA": str(self.folder),
            "EVALSITE_BATCH_LEASE_SECONDS": "3",
            "DJANGO_SETTINGS_MODULE": "evalsite.settings",
        }
        return {**os.environ, **own}


@contextmanager
def database_file(path: Path) -> Iterator[None]:
    """Let this process use a new SQLite file as its database, migrated; connections of other threads use it, too."""
    copy_to(path)
    with database_file_as_it_is(path):
        yield


@contextmanager
def database_file_as_it_is(path: Path) -> Iterator[None]:
    """The same with a file as it is, or without any tables."""
    with database({**connections.settings["default"], "NAME": str(path)}):
        yield


@contextmanager
def postgresql_database() -> Iterator[None]:
    """The same with a new database on the PostgreSQL server of the tests."""
    with new_database() as address:
        own = {**connections.settings["default"], "OPTIONS": {}, **postgresql("EVALSITE_DATABASE", address)}
        with database(own):
            call_command("migrate", verbosity=0)
            yield


@contextmanager
def database(own: dict[str, Any]) -> Iterator[None]:
    """Let this process use the database of these settings."""
    settings, connection = connections.settings["default"], connections["default"]
    connections.settings["default"] = own
    connections["default"] = connections.create_connection("default")
    try:
        yield
    finally:
        connections["default"].close()
        connections.settings["default"], connections["default"] = settings, connection


@pytest.fixture
def site(tmp_path: Path, settings: Any, django_db_blocker: Any) -> Iterator[Site]:
    """A migrated site, whose database and images this process sees, too."""
    settings.MEDIA_ROOT = tmp_path / "images"
    with django_db_blocker.unblock(), database_file(tmp_path / "evalsite.sqlite3"):
        yield Site(tmp_path)


def wait_until(is_so: Callable[[], bool], what: str) -> None:
    """Return as soon as something is so; fail after the deadline."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not is_so():
        assert time.monotonic() < deadline, f"Waited in vain for: {what}"
        time.sleep(0.05)
