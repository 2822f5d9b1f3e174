"""How long planning a million images takes and how much memory, and how long the run's pages and its workers wait afterwards.

    python -m benchmarks.planning                                       # SQLite and PostgreSQL, 1,000,000 images: minutes
    python -m benchmarks.planning --images 100000 --database sqlite

Prompts × 100 seeds × 4 conditions of one checkpoint, in batches of 16. Each step runs in a process of its own; printed are its
seconds, those on a processor (with PostgreSQL's), and its maximum resident set. The peer is Django's bulk_create of a tenth
of the rows, without batches. While the run is planned another process writes again and again, and tells how long it waited.
Pages are asked through Django's test client. The numbers depend on what else the machine does: its load is printed.
"""

import argparse
import itertools
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack

from benchmarks.timing import repeated, timed
from tests.postgresql import new_database

SEEDS, SCALES, BATCH_SIZE = 100, (7.5, 5.0, 9.0, 12.0), 16
NAME = "a million"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=int, default=1_000_000)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], action="append", help="default: one after the other")
    parser.add_argument("--step", choices=STEPS, help="one step alone, on the database of the environment")
    options = parser.parse_args()
    if options.step:
        _run(options.step, options.images)
        return
    for database in options.database or ["sqlite", "postgresql"]:
        measure(database, options.images)


def measure(database: str, images: int) -> None:
    """All steps on fresh databases, each in its own process."""
    print(
        f"\n{database}, {images:,} images, load {os.getloadavg()[0]:.1f} on {len(os.sched_getaffinity(0))} processors\n",
        flush=True,
    )
    for steps in (
        ("fill", "peer"),
        ("fill", "plan", "again", "retry", "command", "pages", "worker"),
        ("fill", "quarter", "plan", "negatives"),
    ):
        with ExitStack() as stack:
            folder = stack.enter_context(tempfile.TemporaryDirectory())
            address = stack.enter_context(new_database()) if database == "postgresql" else ""
            own = {"EVALSITE_DATA": folder, "EVALSITE_DATABASE": address, "DJANGO_SETTINGS_MODULE": "evalsite.settings"}
            for step in steps:
                command = [sys.executable, "-m", "benchmarks.planning", "--images", str(images), "--step", step]
                subprocess.run(command, env={**os.environ, **own}, check=True)


def _run(step: str, images: int) -> None:
    import django

    django.setup()
    STEPS[step](images)


def fill(images: int) -> None:
    """The tables, prompts and runs: of everything, of every fourth prompt."""
    from django.core.management import call_command

    from generation.models import Prompt
    from tests.factories_generation import CheckpointFactory, ConditionFactory, PromptSetFactory, RunFactory

    call_command("migrate", verbosity=0)
    prompts, checkpoint = images // SEEDS // len(SCALES), CheckpointFactory.create()
    conditions = [ConditionFactory.create(checkpoint=checkpoint, settings={"scale": scale}) for scale in SCALES]
    sets = [PromptSetFactory.create() for _ in range(4)]
    for number, prompt_set in enumerate(sets):
        texts = (f"prompt {n}" for n in range(number, prompts, len(sets)))
        Prompt.objects.bulk_create([Prompt(prompt_set=prompt_set, text=text) for text in texts])
    own = {"seeds": f"0-{SEEDS - 1}", "batch_size": BATCH_SIZE, "conditions": conditions}
    RunFactory.create(name=NAME, prompt_sets=sets, **own)
    RunFactory.create(name="a quarter", prompt_sets=sets[:1], **own)


def peer(images: int) -> None:
    """Django's own way to add a tenth of the rows, all of them in one transaction and without batches."""
    from django.db import transaction

    from generation.models import Image, Prompt, Run

    run = Run.objects.get(name=NAME)
    prompts = Prompt.objects.values_list("pk", flat=True)[: images // 10 // SEEDS // len(SCALES)]
    conditions = run.conditions.values_list("pk", flat=True)

    def add() -> None:
        keys = itertools.product(prompts, range(SEEDS), conditions)
        with transaction.atomic():
            while lot := list(itertools.islice(keys, 10_000)):
                rows = [Image(prompt_id=prompt, seed=seed, condition_id=condition, run=run) for prompt, seed, condition in lot]
                Image.objects.bulk_create(rows)

    timed("bulk_create of a tenth of the rows", add)


def quarter(_images: int) -> None:
    from generation.models import Run
    from generation.plan import plan

    timed("plan of a quarter", lambda: plan(Run.objects.get(name="a quarter")))


def negatives(_images: int) -> None:
    """A quarter as many images of a condition whose negative comes from a source: they wait, are given it and queued."""
    from generation.models import Checkpoint, Run
    from generation.plan import plan
    from tests.factories_generation import ConditionFactory, RunFactory

    sets, sources = Run.objects.get(name=NAME).prompt_sets.all(), [{"source": "standard", "text": "blurry"}]
    condition = ConditionFactory.create(checkpoint=Checkpoint.objects.get(), negative_sources=sources)
    run = RunFactory.create(prompt_sets=sets, conditions=[condition], seeds=f"0-{SEEDS - 1}", batch_size=BATCH_SIZE)
    timed("plan of a quarter with negatives", lambda: plan(run))


def plan_all(_images: int) -> None:
    """Plan while another process writes."""
    from generation.models import Run
    from generation.plan import plan

    command = [sys.executable, "-m", "benchmarks.planning", "--step", "other"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        if other.stdout is not None:
            other.stdout.readline()  # it is ready
        timed("plan", lambda: plan(Run.objects.get(name=NAME)))
        print(other.communicate()[0], end="", flush=True)


def write_again_and_again(_images: int) -> None:
    """Writes a row until standard input closes, as a vote would, and says how long that took."""
    import select

    from generation.models import PromptSet

    took: list[float] = []
    PromptSet.objects.count()
    print("ready", flush=True)
    while not select.select([sys.stdin], [], [], 0.05)[0]:
        start = time.perf_counter()
        PromptSet.objects.filter(name="").update(source="")
        took.append(time.perf_counter() - start)
    middle = statistics.median(took)
    print(f"| another writer meanwhile waited | median {1000 * middle:.0f} ms, at most {max(took):.2f} s, {len(took)} times |")


def again(_images: int) -> None:
    from generation.models import Run
    from generation.plan import Planned, plan

    if timed("plan again", lambda: plan(Run.objects.get(name=NAME))) != Planned(0, 0):
        raise SystemExit("Planning again added something.")


def retry(_images: int) -> None:
    """A tenth of the images failed, and are queued and put into batches again."""
    from generation.models import Image, Run
    from generation.plan import plan

    run = Run.objects.get(name=NAME)
    Image.objects.filter(seed__lt=SEEDS // 10).update(state=Image.State.FAILED, reason="OutOfMemoryError: no memory left")
    timed("retry of a tenth, and plan", lambda: (run.retry(), plan(run).batches))


def command(_images: int) -> None:
    from django.core.management import call_command

    timed("manage.py generate again", lambda: call_command("generate", NAME))


def pages(_images: int) -> None:
    """The run's pages, with half of the images made."""
    from django.contrib.auth.models import User
    from django.db import connection
    from django.test import Client
    from django.urls import reverse

    from generation.models import Image, Run

    Image.objects.filter(seed__lt=SEEDS // 2).update(state=Image.State.DONE)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")  # as its autovacuum does by itself after a minute
    run, client = Run.objects.get(name=NAME), Client(headers={"host": "127.0.0.1"})
    client.force_login(User.objects.create_superuser("researcher"))
    addresses = {
        "list of runs": reverse("admin:generation_run_changelist"),
        "a run's page": reverse("admin:generation_run_change", args=[run.pk]),
        "its progress": reverse("admin:generation_run_progress", args=[run.pk]),
    }
    for name, address in addresses.items():
        repeated(name, lambda address=address: client.get(address))  # type: ignore[misc]


def worker(_images: int) -> None:
    """What a worker does in the database for a batch, and the sweep; messages are counted, and go nowhere."""
    from unittest.mock import patch

    from django.utils import timezone

    from generation import tasks
    from generation.models import Batch
    from generation.storing import Failed, finish

    open_batches = Batch.objects.unfinished()
    print(f"| batches open | {open_batches.count():,} |")
    named = open_batches.order_by("pk").iterator()

    def one_batch() -> None:
        batch, now = next(named), timezone.now()
        taken = next(each for each in Batch.objects.to_take(batch, [batch.needs], now) if each.claim("worker", now))
        failed = [Failed(row, "not made") for row in taken.queued_rows()]
        for each in failed:
            each.put_on_row()
        finish(taken, "worker", failed)
        taken.release("worker")
        tasks.advance()
        tasks.call(Batch.objects.unheard(timezone.now())[:1])

    with patch.object(tasks.make_batch, "apply_async") as sent:
        repeated("a worker's claim, save and call for a batch", one_batch)
        repeated("a sweep", tasks.sweep)
        print(f"| messages sent | {sent.call_count} |", flush=True)


STEPS: dict[str, Callable[[int], None]] = {
    "fill": fill,
    "peer": peer,
    "quarter": quarter,
    "plan": plan_all,
    "negatives": negatives,
    "other": write_again_and_again,
    "again": again,
    "retry": retry,
    "command": command,
    "pages": pages,
    "worker": worker,
}

if __name__ == "__main__":
    main()
