from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from studies import actions
from studies.management.studies import add_study_argument, study_named


class Command(BaseCommand):
    help = "Make a new draft with the design of a study."

    def add_arguments(self, parser: CommandParser) -> None:
        add_study_argument(parser)
        parser.add_argument("--new-workers", action="store_true", help="whoever took part in the original may not take part")

    def handle(self, *, study: str, new_workers: bool, **_: Any) -> None:
        original = study_named(study)
        earlier = [original] if new_workers else []
        draft = actions.clone(original, actions.COMMAND_LINE, timezone.now(), without_workers_of=earlier)
        self.stdout.write(f"“{draft}” ({draft.pk}) is a draft with the design of “{original}”.")
