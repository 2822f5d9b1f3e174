from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from generation.tasks import advance
from studies import actions
from studies.captions import accept, counts
from studies.management.studies import add_study_argument, study_named
from studies.models import LogLine, WorkerCaption


class Command(BaseCommand):
    help = "Accept the captions of a captioning study that nobody has decided on: they become negatives of dnp conditions."

    def add_arguments(self, parser: CommandParser) -> None:
        add_study_argument(parser)
        parser.add_argument("--rehearsal", action="store_true", help="those of the rehearsal, under a captioner of its own")

    def handle(self, *, study: str, rehearsal: bool, **_: Any) -> None:
        chosen = study_named(study)
        if not chosen.is_captioning:
            raise CommandError(f"“{chosen}” is a study of votes; there are no captions in it.")
        pending = (
            WorkerCaption.objects.of(chosen, rehearsal=rehearsal)
            .pending()
            .select_related("trial__session__study", "trial__worker")
        )
        now = timezone.now()
        decided = accept(list(pending), actions.COMMAND_LINE, now)
        LogLine.objects.add(chosen, actions.COMMAND_LINE, "captions", decided.said, now)
        advance()
        self.stdout.write(decided.said)
        for count in counts(chosen, rehearsal=rehearsal):
            self.stdout.write(count.said)
