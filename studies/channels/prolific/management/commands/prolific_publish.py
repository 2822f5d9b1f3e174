from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from studies.actions import COMMAND_LINE
from studies.channels.prolific import publishing
from studies.channels.prolific.client import from_settings
from studies.channels.prolific.models import ProlificStudy
from studies.management.studies import add_study_argument, refusals_told, study_named
from studies.models import Study


class Command(BaseCommand):
    help = "Tell what publishing a study on Prolific as planned costs; with --confirm CENTS, publish it for exactly that."

    def add_arguments(self, parser: CommandParser) -> None:
        add_study_argument(parser)
        parser.add_argument("--confirm", type=int, metavar="CENTS", help="what the quote said; without it nothing is spent")

    def handle(self, *, study: str, confirm: int | None, **_: Any) -> None:
        row = _planned(study_named(study))
        with refusals_told():
            prolific = from_settings()
            if confirm is not None:
                self.stdout.write(publishing.publish(row, prolific, confirm, COMMAND_LINE, timezone.now()))
                return
            quote = publishing.quote(row, prolific)
        for warning in quote.warnings:
            self.stdout.write(f"Warning: {warning}")
        self.stdout.write(
            f"{row.places} places cost {row.money(quote.cents)} with Prolific's fee and VAT; nothing is spent yet."
        )
        self.stdout.write(f"To publish: manage.py prolific_publish {row.study.pk} --confirm {quote.cents}")


def _planned(study: Study) -> ProlificStudy:
    """The latest attempt. Raises CommandError without one."""
    row = ProlificStudy.objects.filter(study=study).order_by("-attempt").first()
    if row is None:
        raise CommandError(f"“{study}” is not planned for Prolific. Plan it on its page “Prolific” in the admin first.")
    return row
