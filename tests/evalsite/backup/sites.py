"""Sites of their own for tests of backups: a data folder, a database and a storage, in processes."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[3]
KEY = "the secret key that both sites have"


@dataclass(frozen=True)
class Site:
    """Where a site keeps what it has. database: of PostgreSQL; a file of SQLite if empty."""

    folder: Path
    database: str = ""
    storage: Mapping[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        own = {
            "DJANGO_SETTINGS_MODULE": "evalsite.settings",
            "EVALSITE_DATA": str(self.folder),
            "EVALSITE_DATABASE": self.database,
            "EVALSITE_SECRET_KEY": KEY,
            "EVALSITE_URL": "http://127.0.0.1:8000",
        }
        return {**os.environ, **own, **self.storage}

    def inside(self, *arguments: str) -> Any:
        """What a command of tests.evalsite.backup.inside prints."""
        return json.loads(self.run("-m", "tests.evalsite.backup.inside", *arguments).stdout)

    def run(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Python with these arguments in the site. A process that fails raises, with what it said."""
        command = [sys.executable, *arguments]
        done = subprocess.run(command, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done
