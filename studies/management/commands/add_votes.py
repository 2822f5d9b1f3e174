from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from studies import actions
from studies.management.studies import add_study_argument, refusals_told, study_named


class Command(BaseCommand):
    help = "Ask for more votes on every comparison of a published study."

    def add_arguments(self, parser: CommandParser) -> None:
        add_study_argument(parser)
        parser.add_argument("more", type=int, help="how many more votes on each comparison")

    def handle(self, *, study: str, more: int, **_: Any) -> None:
        with refusals_told():
            self.stdout.write(actions.add_votes(study_named(study), actions.COMMAND_LINE, timezone.now(), more))
