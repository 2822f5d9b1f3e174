from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from studies.actions import COMMAND_LINE
from studies.exclusion import reinstate
from studies.management.studies import add_study_argument, refusals_told, study_named
from studies.management.workers import add_worker_argument, worker_named


class Command(BaseCommand):
    help = "Count an excluded worker's votes in a study again."

    def add_arguments(self, parser: CommandParser) -> None:
        add_study_argument(parser)
        add_worker_argument(parser)

    def handle(self, *, study: str, worker: str, **_: Any) -> None:
        with refusals_told():
            self.stdout.write(reinstate(study_named(study), worker_named(worker), COMMAND_LINE, timezone.now()))
