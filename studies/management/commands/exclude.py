from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from studies.actions import COMMAND_LINE
from studies.exclusion import exclude
from studies.management.studies import add_study_argument, refusals_told, study_named
from studies.management.workers import add_worker_argument, worker_named


class Command(BaseCommand):
    help = "Count none of a worker's votes in a study, and take no more; the votes stay in the data with the reason."

    def add_arguments(self, parser: CommandParser) -> None:
        add_study_argument(parser)
        add_worker_argument(parser)
        parser.add_argument("--reason", required=True, help="as the votes file and the tables will give it")

    def handle(self, *, study: str, worker: str, reason: str, **_: Any) -> None:
        with refusals_told():
            self.stdout.write(exclude(study_named(study), worker_named(worker), reason, COMMAND_LINE, timezone.now()))
