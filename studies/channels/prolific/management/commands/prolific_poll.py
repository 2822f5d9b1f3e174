from typing import Any

from django.core.management.base import BaseCommand, CommandError

from studies.channels.prolific.client import from_settings
from studies.channels.prolific.errors import ProlificError
from studies.channels.prolific.reconciling import live, poll
from studies.management.studies import refusals_told


class Command(BaseCommand):
    help = "Ask Prolific about every study that is out there, and settle calls that may have happened."

    def handle(self, **_: Any) -> None:
        with refusals_told():
            prolific = from_settings()
        faults = 0
        for row in live():
            try:
                self.stdout.write(f"{row}: {poll(row, prolific)}")
            except ProlificError as error:
                faults += 1
                self.stderr.write(f"{row}: {error}")
        if faults:
            raise CommandError(f"{faults} studies could not be read; run this again later.")
