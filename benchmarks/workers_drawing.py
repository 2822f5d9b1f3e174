"""Drawing a run's batches in one process, with nothing else or with saving in between: what benchmarks.workers compares with.

python -m benchmarks.workers_drawing draw RUN                 # prints seconds as JSON
python -m benchmarks.workers_drawing "draw then save" RUN
"""

import json
import time
from collections.abc import Callable, Sequence

from django.conf import settings
from django.utils import timezone

from generation.checkpoints import load
from generation.lease import Lease
from generation.making import make
from generation.models import Batch, Run
from generation.tasks import make_batch

HOLDER = "benchmark"


def main(way: str, pk: int) -> None:
    """Print the seconds that it takes, with the checkpoint in memory, as JSON."""
    batches = list(Run.objects.get(pk=pk).batches.order_by("pk"))
    checkpoint = batches[0].checkpoint()
    load(checkpoint.name, checkpoint.revision, settings.PLACEMENT)
    start = time.monotonic()
    WAYS[way](batches)
    print(json.dumps(time.monotonic() - start))


def draw(batches: Sequence[Batch]) -> None:
    """Draw all, and let everything go; so that no worker makes them later, the batches go, too."""
    for batch in batches:
        batch.claim(HOLDER, timezone.now())
        make(batch.queued_rows(), Lease(batch, HOLDER))
    Batch.objects.filter(pk__in=[batch.pk for batch in batches]).delete()


def draw_then_save(batches: Sequence[Batch]) -> None:
    """As whoever calls the task directly has it: saved when the call returns."""
    for batch in batches:
        make_batch(batch.pk)


WAYS: dict[str, Callable[[Sequence[Batch]], None]] = {"draw": draw, "draw then save": draw_then_save}
