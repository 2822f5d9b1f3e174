"""manage.py backup TARGET [--keep N]"""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.template.defaultfilters import filesizeformat
from django.utils import timezone

from evalsite.backup.errors import BackupError
from evalsite.backup.folder import BackupFolder
from evalsite.backup.manifest import Manifest
from evalsite.backup.taking import take


class Command(BaseCommand):
    help = (
        "Back up the database and all files that its rows name, while the site runs; what the target has is not copied again."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("target", type=Path, help="a folder, on another disk than the site's")
        parser.add_argument("--keep", type=int, metavar="N", help="remove all backups in it but the newest N (default: none)")

    def handle(self, *, target: Path, keep: int | None, **_: Any) -> None:
        if keep is not None and keep < 1:
            raise CommandError("--keep must be at least 1: the backup that is made now is one.")
        folder = BackupFolder(target.resolve())
        try:
            generation, manifest = take(folder, timezone.now())
            removed = folder.keep(keep) if keep else []
        except (BackupError, OSError) as error:
            raise CommandError(f"No backup was made: {error}") from error
        self._say(generation, manifest)
        if removed:
            self.stdout.write(f"Removed {len(removed)} older: {', '.join(removed)}.")
        if manifest.trouble:
            raise CommandError(
                "\n".join(["The backup is made, without files that could not be copied:", *manifest.trouble, MEND])
            )

    def _say(self, generation: Path, manifest: Manifest) -> None:
        self.stdout.write(
            f"{generation}: {sum(manifest.rows.values())} rows of {len(manifest.rows)} tables, "
            f"{manifest.files} files of {filesizeformat(manifest.bytes)}."
        )
        self.stdout.write(WITHOUT_THE_KEY)


MEND = "`manage.py verify_files` says how to make them again."
WITHOUT_THE_KEY = (
    "The secret key is not in it: keep a copy of EVALSITE_SECRET_KEY, or of secret_key in the data folder, in another place. "
    "Without it, workers of this site are strangers after a restore."
)
