from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from studies.management.studies import add_study_argument, study_named
from studies.study_files.dumping import CannotDump, dump, dump_beside_examples
from studies.study_files.examples import write_examples


class Command(BaseCommand):
    help = "Write a study's whole design as a study file, which load_study makes a draft of."

    def add_arguments(self, parser: CommandParser) -> None:
        add_study_argument(parser)
        parser.add_argument("--out", type=Path, metavar="FILE", help="the file; example pictures are written beside it")

    def handle(self, *, study: str, out: Path | None, **_: Any) -> None:
        chosen = study_named(study)
        try:
            if out is None:
                self.stdout.write(dump(chosen), ending="")
                return
            out.write_text(dump_beside_examples(chosen), encoding="utf-8")
            written = [out, *write_examples(chosen, out.parent)]
        except (CannotDump, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write("\n".join(map(str, written)))
