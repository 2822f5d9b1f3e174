from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from studies.export import check_lines, vote_lines
from studies.management.studies import add_study_argument, study_named


class Command(BaseCommand):
    help = "Write a study's votes as CSV to standard output."

    def add_arguments(self, parser: CommandParser) -> None:
        add_study_argument(parser)
        parser.add_argument("--rehearsal", action="store_true", help="the votes of the rehearsal instead of people's")
        parser.add_argument("--checks", action="store_true", help="the answers to gold, repeats, attention checks and practice")

    def handle(self, *, study: str, rehearsal: bool, checks: bool, **_: Any) -> None:
        chosen = study_named(study)
        if chosen.is_captioning:
            raise CommandError(f"“{chosen}” asks for captions, not for votes. Use export_captions.")
        lines = check_lines if checks else vote_lines
        for line in lines(chosen, rehearsal=rehearsal):
            self.stdout.write(line, ending="")
