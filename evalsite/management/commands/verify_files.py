"""manage.py verify_files [--from BACKUP] [--make-again]"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from evalsite.backup.errors import BackupError
from evalsite.backup.folder import BackupFolder
from evalsite.stored.checking import Checked, check_files
from evalsite.stored.mending import make_again, put_back
from evalsite.stored.named import named_files, select, tables

WHAT_TO_DO = (
    "`manage.py verify_files --from BACKUP` puts back what a backup has. `--make-again` queues images to be made again, and "
    "draws comparisons' images from their sources. Upload examples again in the admin."
)


class Command(BaseCommand):
    help = "Read every file that a row names, compare it with its checksum, and say which are missing or damaged."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--from", type=Path, dest="backup", metavar="BACKUP", help="put those back that this backup has")
        parser.add_argument("--make-again", action="store_true", help="have those made again that no backup brought back")

    def handle(self, *, backup: Path | None, make_again: bool, **_: Any) -> None:
        left = self._checked()
        try:
            if left and backup:
                left = self._put_back(BackupFolder(backup.resolve()), left)
            if left and make_again:
                self._make_again(left)
            elif left:
                raise CommandError(f"Missing or damaged: {len(left)}.\n{WHAT_TO_DO}")
        except (BackupError, OSError) as error:
            raise CommandError(str(error)) from error

    def _checked(self) -> list[Checked]:
        files, faulty = 0, []
        for checked in check_files(named_files(select, tables())):
            files += 1
            if checked.fault:
                self.stdout.write(str(checked))
                faulty.append(checked)
        self.stdout.write(f"{files - len(faulty)} of {files} files that rows name are there and whole.")
        return faulty

    def _put_back(self, folder: BackupFolder, faulty: Iterable[Checked]) -> list[Checked]:
        folder.generation("")  # raises where there is none
        left = []
        for one, done in put_back(folder, faulty):
            if done:
                self.stdout.write(f"{one.named.name}: put back.")
            else:
                left.append(one)
        return left

    def _make_again(self, faulty: Iterable[Checked]) -> None:
        for one, done in make_again(faulty):
            self.stdout.write(f"{one.named.name}: {done}.")
