"""How long a scrape of /health/metrics takes among a million images, by the database.

    python -m benchmarks.scraping                        # SQLite and PostgreSQL: some minutes, most of them to write the rows
    python -m benchmarks.scraping --rows 100000 --database sqlite

Half of the images are made, at 1000 a minute until now; the others wait in batches, as many batches as images if `--batch 1`.
As many trials were answered as images made. The rows are written by SQL that both databases understand.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager

from tests.postgresql import new_database

DATABASES = ("sqlite", "postgresql")
SCRAPES = 20


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--batch", type=int, default=16, help="images of a batch")
    parser.add_argument("--database", choices=DATABASES, action="append")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.here:
        print(_measured(asked.rows, asked.batch))
        return
    for database in asked.database or DATABASES:
        with _address(database) as address, tempfile.TemporaryDirectory() as folder:
            own = {"EVALSITE_DATA": folder, "EVALSITE_DATABASE": address, "DJANGO_SETTINGS_MODULE": "evalsite.settings"}
            command = [sys.executable, "-m", "benchmarks.scraping", "--here", f"--rows={asked.rows}", f"--batch={asked.batch}"]
            done = subprocess.run(command, env={**os.environ, **own}, stdout=subprocess.PIPE, text=True, check=True)
            print(f"{database}: {done.stdout.strip()}", flush=True)


@contextmanager
def _address(database: str) -> Iterator[str]:
    if database == "sqlite":
        yield ""
        return
    with new_database() as address:
        yield address


def _measured(rows: int, batch: int) -> str:
    import django

    django.setup()
    from django.core.management import call_command
    from django.utils import timezone

    from benchmarks.scraping_rows import write
    from evalsite.health.rows import metrics_of_rows

    call_command("migrate", verbosity=0)
    write(rows, batch)
    milliseconds = []
    for _ in range(SCRAPES):
        start = time.perf_counter()
        metrics_of_rows(timezone.now())
        milliseconds.append(1000 * (time.perf_counter() - start))
    first, *others = milliseconds
    least, median, most = min(others), statistics.median(others), max(others)
    spread = f"least {least:.0f} ms, median {median:.0f} ms, most {most:.0f} ms"
    return f"{rows:,} images in batches of {batch}: first {first:.0f} ms, then {spread}"


if __name__ == "__main__":
    main()
