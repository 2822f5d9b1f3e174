"""manage.py restore SOURCE [--generation NAME] [--check]"""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import Error

from evalsite.backup.errors import BackupError
from evalsite.backup.folder import BackupFolder
from evalsite.backup.manifest import read_manifest
from evalsite.backup.restoring import Restored, restore
from evalsite.backup.verifying import verify


class Command(BaseCommand):
    help = "Put a backup into an empty site, wherever its variables say that rows and files are kept."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("source", type=Path, help="the folder that `manage.py backup` wrote to")
        parser.add_argument("--generation", default="", metavar="NAME", help="one of its generations (default: the newest)")
        parser.add_argument("--check", action="store_true", help="only read the backup, and say whether it is whole")

    def handle(self, *, source: Path, generation: str, check: bool, **_: Any) -> None:
        folder = BackupFolder(source.resolve())
        try:
            if check:
                self._check(folder, generation)
            else:
                self._say(restore(folder, generation))
        except (BackupError, OSError, Error) as error:
            raise CommandError(str(error)) from error

    def _check(self, folder: BackupFolder, name: str) -> None:
        generation = folder.generation(name)
        manifest = read_manifest(generation)
        verify(folder, generation, manifest)
        self.stdout.write(f"{generation} is whole: its database and {manifest.files} files are what the manifest says.")

    def _say(self, restored: Restored) -> None:
        self.stdout.write(
            f"Restored {restored.generation}: {restored.rows} rows of {restored.tables} tables, as many as there were."
        )
        if restored.migrated:
            self.stdout.write("The backup was of an older version; its tables were migrated.")
        self.stdout.write(
            f"{restored.files - len(restored.faults)} of {restored.files} files that rows name are there and whole."
        )
        self.stdout.write(WITH_THE_KEY)
        if restored.faults:
            raise CommandError("\n".join([*restored.faults, "`manage.py verify_files` says how to make them again."]))


WITH_THE_KEY = "Workers' links go on only with the secret key that this site had: see that EVALSITE_SECRET_KEY says it."
