from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from studies.caption_export import caption_lines
from studies.captions import counts
from studies.management.studies import add_study_argument, study_named


class Command(BaseCommand):
    help = "Write the captions of a captioning study as CSV to standard output."

    def add_arguments(self, parser: CommandParser) -> None:
        add_study_argument(parser)
        parser.add_argument("--rehearsal", action="store_true", help="those of the rehearsal")

    def handle(self, *, study: str, rehearsal: bool, **_: Any) -> None:
        chosen = study_named(study)
        if not chosen.is_captioning:
            raise CommandError(f"“{chosen}” is a study of votes; there are no captions in it. Use export_votes.")
        for line in caption_lines(chosen, rehearsal=rehearsal):
            self.stdout.write(line, ending="")
        for count in counts(chosen, rehearsal=rehearsal):
            self.stderr.write(count.said)
