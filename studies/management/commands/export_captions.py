from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from studies.caption_export import caption_lines
from studies.management.studies import add_study_argument, study_named


class Command(BaseCommand):
    help = "Write the captions of a captioning study as CSV."

    def add_arguments(self, parser: CommandParser) -> None:
        add_study_argument(parser)
        parser.add_argument("--rehearsal", action="store_true", help="those of the rehearsal")

    def handle(self, *, study: str, rehearsal: bool, **_: Any) -> None:
        for line in caption_lines(study_named(study), rehearsal=rehearsal):
            self.stdout.write(line, ending="")
