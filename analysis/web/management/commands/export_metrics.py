import csv
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from analysis.automatic.measured import csv_text
from analysis.web.measured_rows import IMAGE_COLUMNS, image_rows, measured_of
from studies.management.studies import add_study_argument, study_named


class Command(BaseCommand):
    help = "Write a study's automatic metrics as CSV to standard output."

    def add_arguments(self, parser: CommandParser) -> None:
        add_study_argument(parser)
        parser.add_argument(
            "--by-image", action="store_true", help="the scores of single images instead of those of conditions"
        )

    def handle(self, *, study: str, by_image: bool, **_: Any) -> None:
        found = study_named(study)
        if by_image:
            csv.writer(self.stdout, lineterminator="\n").writerows([IMAGE_COLUMNS, *image_rows(found)])
        else:
            self.stdout.write(csv_text(measured_of(found)), ending="")
