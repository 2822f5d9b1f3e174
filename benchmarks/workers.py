"""How many images a second workers make, and whether the device waits for the processor's work around it.

    python -m benchmarks.workers                    # some minutes; measure on a quiet machine

Real workers on a Redis and a PostgreSQL of their own. First the bundled model: one worker with four threads, then four workers
with one thread each, as many images of the same conditions; both kinds have their checkpoint in memory before the clock starts.
Then pictures of 256 × 256, of which encoding and storing take long beside a tiny network's few evaluations: (a) drawing alone,
nothing saved; (b) one after the other, each batch drawn and then saved; (c) a worker, which saves a batch while it draws the
next. Where (c) is as fast as (a), the processor's work is hidden behind the device's. Each way has one thread for drawing, as
a device has its own.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tests.faults import services
from tests.postgresql import new_database

if TYPE_CHECKING:
    from generation.models import Run

DEADLINE_SECONDS = 900
BATCH = 8
WORKER = ["celery", "-A", "evalsite", "worker", "--pool", "solo", "-Q", "gpu", "-l", "INFO"]


def main() -> None:
    options = _parser().parse_args()
    with _site() as folder:
        print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f} at the start")
        for part in options.part or PARTS:
            PARTS[part](folder, options)


def threads(folder: Path, options: argparse.Namespace) -> None:
    """One worker of four threads, and four of one."""
    from benchmarks.workers_runs import bundled_run

    print("\n| bundled model, 64 × 64 | images | seconds | images/s |\n| --- | --- | --- | --- |")
    for workers, each in ((1, 4), (4, 1)):
        name = f"{workers} worker(s) × {each} thread(s)"
        seconds = _made(folder, bundled_run(f"warm {workers}", 4 * workers * BATCH), workers, each, options.images, name)
        _print_row(name, options.images, seconds)


def saving(folder: Path, options: argparse.Namespace) -> None:
    """Drawing alone, drawing and then saving, and a worker that saves while it draws."""
    from benchmarks.workers_runs import large_run

    print("\n| tiny network, 256 × 256 | images | seconds | images/s |\n| --- | --- | --- | --- |")
    for name in ("draw", "draw then save"):
        _print_row(name, options.large, _in_a_process(name, large_run(name, options.large)))
    seconds = _made(folder, large_run("warm", 2 * BATCH), 1, 1, options.large, "save while drawing")
    _print_row("a worker: saves while it draws", options.large, seconds)


PARTS: dict[str, Callable[[Path, argparse.Namespace], None]] = {"threads": threads, "saving": saving}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=int, default=256, help="of the bundled model")
    parser.add_argument("--large", type=int, default=96, help="of 256 × 256 pixels")
    parser.add_argument("--part", choices=PARTS, action="append", help="default: one after the other")
    return parser


@contextmanager
def _site() -> Iterator[Path]:
    """A site of its own, as this process and those that it starts see it."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        os.environ["DJANGO_SETTINGS_MODULE"] = "evalsite.settings"
        os.environ["EVALSITE_DATA"] = str(folder)
        os.environ["EVALSITE_DATABASE"] = stack.enter_context(new_database())
        os.environ["EVALSITE_BROKER"] = stack.enter_context(services.redis()).address
        import django
        from django.core.management import call_command
        from django.db import connections

        django.setup()
        call_command("migrate", verbosity=0)
        yield folder
        connections.close_all()


def _made(folder: Path, warm: "Run", workers: int, threads: int, images: int, name: str) -> float:
    """Seconds until workers that have their checkpoint in memory have made so many images of a new run like the warm one."""
    from benchmarks.workers_runs import again

    with ExitStack() as stack:
        for number in range(workers):
            stack.enter_context(_worker(folder, f"{name} {number}".replace(" ", "-"), threads))
        _make(warm)
        start = time.monotonic()
        _make(again(warm, name, images))
        return time.monotonic() - start


def _make(run: "Run") -> None:
    """Call the workers for all of a run, and wait until it is made."""
    from generation.tasks import call

    call(run.batches.order_by("pk"))
    deadline = time.monotonic() + DEADLINE_SECONDS
    while run.batches.unfinished().exists():
        if time.monotonic() > deadline:
            raise SystemExit(f"“{run}” was not made in {DEADLINE_SECONDS} s.")
        time.sleep(0.05)
    if failed := run.images.failed().reasons():
        raise SystemExit(f"Images failed: {failed}")


@contextmanager
def _worker(folder: Path, name: str, threads: int) -> Iterator[None]:
    with (folder / f"{name}.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", *WORKER, "-n", f"{name}@%h"],
            stdout=log,
            stderr=log,
            env={**os.environ, "OMP_NUM_THREADS": str(threads)},
        )
        try:
            yield
        finally:
            process.terminate()
            process.wait()


def _in_a_process(way: str, run: "Run") -> float:
    """Seconds that benchmarks.workers_drawing takes for a run, its checkpoint being in memory."""
    code = f"import django; django.setup(); from benchmarks.workers_drawing import main; main({way!r}, {run.pk})"
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    done = subprocess.run([sys.executable, "-c", code], env=environment, stdout=subprocess.PIPE, check=True)
    return float(json.loads(done.stdout))


def _print_row(name: str, images: int, seconds: float) -> None:
    print(f"| {name} | {images} | {seconds:.1f} | {images / seconds:.2f} |", flush=True)


if __name__ == "__main__":
    main()
