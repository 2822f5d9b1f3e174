from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from studies import actions
from studies.management.studies import add_study_argument, refusals_told, study_named


class Command(BaseCommand):
    help = "Take no more votes and show the results."

    def add_arguments(self, parser: CommandParser) -> None:
        add_study_argument(parser)

    def handle(self, *, study: str, **_: Any) -> None:
        with refusals_told():
            self.stdout.write(actions.close(study_named(study), actions.COMMAND_LINE, timezone.now()))
