from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from studies.actions import COMMAND_LINE
from studies.forgetting import forget
from studies.management.workers import worker_named


class Command(BaseCommand):
    help = "Delete a worker's votes, answers about the person, comments and personal links, in every study, for good."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("pseudonym", help="as in the votes file")

    def handle(self, *, pseudonym: str, **_: Any) -> None:
        worker = worker_named(pseudonym)
        studies = forget(worker, COMMAND_LINE, timezone.now())
        for study in studies:
            self.stdout.write(f"“{study}” holds no data of {worker} any more.")
        self.stdout.write(f"{worker} is forgotten in {len(studies)} studies.")
