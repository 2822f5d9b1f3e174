from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from evalsite.reproduction.ports import DidNotFinish
from evalsite.reproduction.stations import CAPTIONS, reproduce
from studies import study_files
from studies.study_files.presets import NoSuchPreset, names


class Command(BaseCommand):
    help = "Reproduce a study from its file to its report, with rehearsal votes; a second call goes on where one stopped."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("preset", help=f"a study file, or a preset: {', '.join(names())}")
        parser.add_argument("--offline", action="store_true", help="the preset's twin on the bundled model")
        parser.add_argument("--out", type=Path, metavar="DIR", help="folder of the report (default: reproduced/ of the data)")

    def handle(self, *, preset: str, offline: bool, out: Path | None, **_: Any) -> None:
        try:
            file = study_files.read(study_files.find(preset, offline=offline))
            _migrate_if_empty()
            kind = "offline" if offline else "presets"
            output = (out or settings.DATA_DIR / "reproduced" / kind / file.path.stem).resolve()
            study = reproduce(file, output)
        except (study_files.BadStudyFile, NoSuchPreset, DidNotFinish, OSError) as error:
            raise CommandError(str(error)) from error
        if study.is_captioning:
            self.stdout.write(f"The captions of “{study}” are those of a rehearsal: {output / CAPTIONS}")
            return
        self.stdout.write((output / "tables.md").read_text(encoding="utf-8"))
        self.stdout.write(f"The votes on “{study}” are those of a rehearsal. Report: {output / 'report.html'}")


def _migrate_if_empty() -> None:
    """Make the tables of a new database; those of an older site are its operator's to migrate."""
    if not connection.introspection.table_names():
        call_command("migrate", verbosity=0)
