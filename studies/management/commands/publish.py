from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from tqdm import tqdm

from studies.errors import NotPublishable
from studies.management.studies import add_study_argument, study_named
from studies.publishing import publish


class Command(BaseCommand):
    help = "Publish a study: make its comparisons and open its links."

    def add_arguments(self, parser: CommandParser) -> None:
        add_study_argument(parser)

    def handle(self, *, study: str, **_: Any) -> None:
        draft = study_named(study)
        try:
            publish(draft, timezone.now(), watch=lambda images: tqdm(images, unit="image"))
        except NotPublishable as error:
            raise CommandError("\n".join(error.sentences)) from error
        self.stdout.write(f"Published with {draft.comparisons.count()} comparisons.")
        for condition, dropped in draft.drops_by_condition().items():
            self.stdout.write(
                f"{condition}: {dropped} images flagged as NSFW; their prompt–seeds are dropped for all conditions."
            )
        self.stdout.write(f"Voting link: {draft.link}")
        self.stdout.write(f"Rehearsal link: {draft.rehearsal_link}")
