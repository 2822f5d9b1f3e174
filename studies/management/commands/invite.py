from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from studies.actions import COMMAND_LINE
from studies.invitations import Invited, invite, links_csv
from studies.management.studies import add_study_argument, refusals_told, study_named
from studies.models import LogLine, Study


class Command(BaseCommand):
    help = "Read a CSV list of people, with a column “name”, and write their personal links to standard output."

    def add_arguments(self, parser: CommandParser) -> None:
        add_study_argument(parser)
        parser.add_argument("people", type=Path, help="the CSV file")

    def handle(self, *, study: str, people: Path, **_: Any) -> None:
        with refusals_told():
            self.stdout.write(links_csv(_invite(study_named(study), people)), ending="")


@transaction.atomic
def _invite(study: Study, people: Path) -> list[Invited]:
    try:
        file = people.open("rb")
    except OSError as error:
        raise CommandError(f"{people} cannot be read ({error.strerror}).") from error
    with file:
        invited = invite(study, file)
    LogLine.objects.add(study, COMMAND_LINE, "invite", f"{len(invited)} people.", timezone.now())
    return invited
