"""How fast the pages of a study with a million images come.

    python -m benchmarks.large_study                                         # SQLite and PostgreSQL, 1,000,000 images: minutes
    python -m benchmarks.large_study --images 50000 --database sqlite
    python -m benchmarks.large_study --keep FOLDER --database sqlite         # made once, and used again by the next call

benchmarks/large_study_rows.py says what the study is made of. Every page is opened once to warm up and then `--times` times,
through Django's test client in this process, so that the table tells what the site and its database take without a network.
"""

import argparse
import gc
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.processor import seconds_of
from tests.postgresql import new_database

INSIDE = "EVALSITE_LARGE_STUDY"  # set in the process of one database
HEAD = ("page", "p50 (ms)", "p95 (ms)", "processor (ms)", "queries")


@dataclass(frozen=True)
class Page:
    """Something that is opened again and again, as a call without arguments."""

    name: str
    visit: Callable[[], object]


def main() -> None:
    options = _parser().parse_args()
    if INSIDE in os.environ:
        inside(options)
        return
    for database in options.database or ["sqlite", "postgresql"]:
        with ExitStack() as stack:
            folder = options.keep or stack.enter_context(tempfile.TemporaryDirectory())
            address = stack.enter_context(new_database()) if database == "postgresql" else ""
            own = {
                "EVALSITE_DATA": str(folder),
                "EVALSITE_DATABASE": address,
                "EVALSITE_SESSIONS_PER_HOUR": "1000000",
                INSIDE: "1",
            }
            environment = {**os.environ, **own, "DJANGO_SETTINGS_MODULE": "evalsite.settings"}
            subprocess.run([sys.executable, "-m", "benchmarks.large_study", *sys.argv[1:]], env=environment, check=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=int, default=1_000_000)
    parser.add_argument("--times", type=int, default=20, help="how often each page is opened")
    parser.add_argument("--database", choices=["sqlite", "postgresql"], action="append", help="default: one after the other")
    parser.add_argument("--keep", type=Path, help="a data folder that stays; what is in it is measured as it is")
    parser.add_argument("--only", default="", help="measure only pages whose names hold this")
    return parser


def inside(options: argparse.Namespace) -> None:
    """In a process with the settings of one database: fill it, unless it is filled, and measure."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from benchmarks.large_study_pages import pages_of, vacuum

    started = time.perf_counter()
    call_command("migrate", verbosity=0)
    large = found_or_built(options.images)
    vacuum()
    print(f"\n{connection.vendor}, built in {time.perf_counter() - started:.0f} s: {sizes()}.\n")
    _print_row(*HEAD)
    _print_row(*["---"] * len(HEAD))
    for page in pages_of(large):
        if options.only in page.name:
            _print_row(page.name, *_measured(page, options.times))
    print(f"\nMost memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB.")


def found_or_built(images: int) -> Any:
    from benchmarks.large_study_rows import Large, build
    from generation.models import Run
    from studies.models import Study

    if not Study.objects.exists():
        return build(images)
    running, ready, lacking = Study.objects.order_by("pk")[:3]
    return Large(running, ready, lacking, Run.objects.get())


def sizes() -> str:
    """How many rows there are, in words."""
    from generation.models import Image
    from studies.models import Comparison, ComparisonImage, Place, Session, Trial, Vote

    models = (Image, Comparison, ComparisonImage, Place, Session, Trial, Vote)
    return ", ".join(f"{model.objects.count():,} {model._meta.verbose_name_plural}" for model in models)


def _measured(page: Page, times: int) -> Iterator[str]:
    """p50 and p95 in milliseconds, processor milliseconds of this process and of its PostgreSQL server's, queries."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as queries:
        page.visit()
    number, took = len(queries), []
    gc.collect()
    before = _processor_seconds()
    for _ in range(times):
        start = time.perf_counter()
        page.visit()
        took.append(1000 * (time.perf_counter() - start))
    yield f"{statistics.median(took):.0f}"
    yield f"{statistics.quantiles(took, n=20, method='inclusive')[18]:.0f}"
    yield f"{1000 * (_processor_seconds() - before) / times:.0f}"
    yield str(number)


def _processor_seconds() -> float:
    from django.db import connection

    own = time.process_time()
    return own + seconds_of([connection.connection.info.backend_pid]) if connection.vendor == "postgresql" else own


def _print_row(*cells: object) -> None:
    print("|", " | ".join(map(str, cells)), "|", flush=True)


if __name__ == "__main__":
    main()
