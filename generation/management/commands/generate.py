"""manage.py generate RUN [--retry] [--wait]"""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from tqdm import tqdm

from generation import phases
from generation.models import Batch, Run
from generation.plan import CannotPlan, plan
from generation.progress import Progress, progress_of
from generation.tasks import MOST_CALLED, call, sweep

START_A_WORKER = "celery -A evalsite worker --beat --pool solo"
POLL_SECONDS = 1.0
PATIENCE_SECONDS = 30.0


class Command(BaseCommand):
    help = "Queue the images of a run that are missing, with all that their negatives need, and call the workers."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("run", help="The name of the run.")
        parser.add_argument("--retry", action="store_true", help="Queue again what failed, too.")
        parser.add_argument("--wait", action="store_true", help="Show the progress until workers have no more to make.")

    def handle(self, *_args: Any, run: str, retry: bool, wait: bool, **_options: Any) -> None:
        found = _find(run)
        if retry:
            self.stdout.write(f"{found.retry()} failed images queued again")
        try:
            planned = plan(found)
        except CannotPlan as error:
            raise CommandError(str(error)) from error
        called = call(found.unfinished_batches().free(timezone.now())[:MOST_CALLED])
        progress = progress_of(found)
        self.stdout.write(f"{planned.images} images new, {progress.images['queued']} queued, {called} batches called")
        if wait:
            progress = self._wait(found)
        elif called:
            self.stdout.write(f"Workers make them: {START_A_WORKER}")
        for sentence in progress.sentences():
            self.stdout.write(sentence)
        if wait:
            _raise_reasons(found)

    def _wait(self, run: Run) -> Progress:
        """Show the progress until workers have no more to make, sweeping meanwhile, so that a dead worker costs its lease.

        Images that wait for people are not waited for.
        """
        progress = progress_of(run)
        with tqdm(total=progress.total, desc=run.name, unit="image") as bar:
            seen_working = time.monotonic()
            while progress.unfinished:
                bar.update(progress.finished - bar.n)
                if Batch.objects.held(timezone.now()).exists():
                    seen_working = time.monotonic()
                elif time.monotonic() - seen_working > PATIENCE_SECONDS:
                    bar.write(f"No worker is at it; if none is running, start one: {START_A_WORKER}")
                    seen_working = time.monotonic()
                call(phases.advance(run))
                sweep()
                time.sleep(POLL_SECONDS)
                progress = progress_of(run)
            bar.update(progress.finished - bar.n)
        return progress


def _find(name: str) -> Run:
    try:
        return Run.objects.get(name=name)
    except Run.DoesNotExist as error:
        names = ", ".join(f"“{run}”" for run in Run.objects.order_by("name")) or "none; make one in the admin"
        raise CommandError(f"There is no run “{name}”; there are: {names}.") from error


def _raise_reasons(run: Run) -> None:
    reasons = [f"{count} × {reason}" for reason, count in run.needed_images().reasons()]
    if reasons:
        raise CommandError("\n".join(["Some images failed; mend what follows, then use --retry.", *reasons]))
