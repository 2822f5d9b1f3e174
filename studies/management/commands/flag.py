from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from studies.flagging import flag_workers
from studies.management.studies import add_study_argument, study_named


class Command(BaseCommand):
    help = "Flag the workers who break the rules of a study's quality plan. It excludes nobody."

    def add_arguments(self, parser: CommandParser) -> None:
        add_study_argument(parser)

    def handle(self, *, study: str, **_: Any) -> None:
        flags = flag_workers(study_named(study), timezone.now())
        for flag in flags:
            self.stdout.write(f"{flag.worker}: {flag.rule} {flag.value:.1f}, threshold {flag.threshold:g}")
        self.stdout.write(f"{len(flags)} flags.")
