"""`manage.py hashed_ids`: worker ids as a study's list of those who may not take part holds them."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from studies.management.studies import study_named
from studies.models import Worker
from studies.models.worker import hashed


class Command(BaseCommand):
    help = "Prints hashed worker ids, one a line: of those who took part in a study, or of the plain ids on standard input."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--study", help="the name or number of the study whose workers are meant")
        parser.add_argument(
            "--channel", default="local", help="the channel that the plain ids belong to (default: %(default)s)"
        )

    def handle(self, *, study: str | None, channel: str, **_: Any) -> None:
        for line in _taken_part(study) if study else _read(channel):
            self.stdout.write(line)


def _taken_part(study: str) -> list[str]:
    """Whoever opened a real session, answered or not."""
    workers = Worker.objects.filter(sessions__study=study_named(study), sessions__rehearsal=False)
    return list(workers.order_by("hashed_id").distinct().values_list("hashed_id", flat=True))


def _read(channel: str) -> list[str]:
    return [hashed(channel, line.strip()) for line in sys.stdin if line.strip()]
