"""manage.py generate RUN [--retry] [--wait]"""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from tqdm import tqdm

from generation.models import Batch, Run
from generation.plan import CannotPlan, plan
from generation.tasks import call, sweep

START_A_WORKER = "celery -A evalsite worker --beat --pool solo"
POLL_SECONDS = 1.0
PATIENCE_SECONDS = 30.0


class Command(BaseCommand):
    help = "Queue the images of a run that are missing, and call the workers."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("run", help="The name of the run.")
        parser.add_argument("--retry", action="store_true", help="Queue its failed images again, too.")
        parser.add_argument("--wait", action="store_true", help="Show the progress until no image is queued.")

    def handle(self, *_args: Any, run: str, retry: bool, wait: bool, **_options: Any) -> None:
        found = _find(run)
        if retry:
            self.stdout.write(f"{found.planned_images().retry()} failed images queued again")
        try:
            planned = plan(found)
        except CannotPlan as error:
            raise CommandError(str(error)) from error
        called = call(found.unfinished_batches().free(timezone.now()))
        self.stdout.write(f"{planned.images} images new, {found.progress()['queued']} queued, {called} batches called")
        if wait:
            self._wait(found)
            _raise_reasons(found)
        elif called:
            self.stdout.write(f"Workers make them: {START_A_WORKER}")

    def _wait(self, run: Run) -> None:
        """Show the progress until no image of the run is queued, sweeping meanwhile, so that a dead worker costs its lease."""
        total = run.planned_images().count()
        with tqdm(total=total, desc=run.name, unit="image") as bar:
            seen_working = time.monotonic()
            while queued := run.progress()["queued"]:
                bar.update(total - queued - bar.n)
                if Batch.objects.held(timezone.now()).exists():
                    seen_working = time.monotonic()
                elif time.monotonic() - seen_working > PATIENCE_SECONDS:
                    bar.write(f"No worker is at it; if none is running, start one: {START_A_WORKER}")
                    seen_working = time.monotonic()
                sweep()
                time.sleep(POLL_SECONDS)
            bar.update(total - bar.n)


def _find(name: str) -> Run:
    try:
        return Run.objects.get(name=name)
    except Run.DoesNotExist as error:
        names = ", ".join(f"“{run}”" for run in Run.objects.order_by("name")) or "none; make one in the admin"
        raise CommandError(f"There is no run “{name}”; there are: {names}.") from error


def _raise_reasons(run: Run) -> None:
    reasons = [f"{count} × {reason}" for reason, count in run.planned_images().reasons()]
    if reasons:
        raise CommandError("\n".join(["Some images failed; mend what follows, then use --retry.", *reasons]))
