"""A file of SQLite that is migrated already: its copies spare every new site the migrations, which take seconds."""

import os
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
NAME = "evalsite.sqlite3"
_FOLDER = tempfile.TemporaryDirectory(prefix="evalsite-migrated-")


def copy_to(path: Path) -> None:
    """Make a migrated file without rows of anybody's at the path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(path)) as copied:
        copy_into(copied)


def copy_into(database: sqlite3.Connection) -> None:
    """Make a database one that is migrated and without rows of anybody's, whatever is in it."""
    with closing(sqlite3.connect(_migrated_file())) as migrated:
        migrated.backup(database)


@cache
def _migrated_file() -> Path:
    """Migrated once in this process's life, by the command that operators use."""
    own = {"EVALSITE_DATA": _FOLDER.name, "EVALSITE_DATABASE": "", "DJANGO_SETTINGS_MODULE": "evalsite.settings"}
    command = [sys.executable, "manage.py", "migrate", "--verbosity", "0", "--skip-checks"]
    subprocess.run(command, cwd=ROOT, env={**os.environ, **own}, check=True)
    return Path(_FOLDER.name) / NAME
