from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone
from tqdm import tqdm

from studies import actions
from studies.management.studies import add_study_argument, refusals_told, study_named


class Command(BaseCommand):
    help = "Publish a study: make its comparisons and open its links."

    def add_arguments(self, parser: CommandParser) -> None:
        add_study_argument(parser)

    def handle(self, *, study: str, **_: Any) -> None:
        draft = study_named(study)
        with refusals_told():
            self.stdout.write(
                actions.publish(draft, actions.COMMAND_LINE, timezone.now(), watch=lambda images: tqdm(images, unit="image"))
            )
        for condition, dropped in draft.drops_by_condition().items():
            self.stdout.write(
                f"{condition}: {dropped} images flagged as NSFW; their prompt–seeds are dropped for all conditions."
            )
        self.stdout.write(f"Voting link: {draft.link}")
        self.stdout.write(f"Rehearsal link: {draft.rehearsal_link}")
