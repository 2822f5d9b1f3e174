"""What a step takes: seconds, those of a processor, and memory."""

import resource
import statistics
import time
from collections.abc import Callable
from typing import Any

from benchmarks.processor import seconds_of

TIMES = 20


def timed(name: str, work: Callable[[], Any]) -> Any:
    """Print the seconds that it takes, and the most memory that this process had."""
    start, before = time.perf_counter(), _processor_seconds()
    result = work()
    seconds, processor = time.perf_counter() - start, _processor_seconds() - before
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    said = "" if result is None else f", {result}"
    print(f"| {name} | {seconds:.1f} s, processor {processor:.1f} s, {memory:.0f} MB{said} |", flush=True)
    return result


def repeated(name: str, work: Callable[[], object]) -> None:
    """Print the median and the 95th percentile of the milliseconds that it takes, and what the processor has of it."""
    work()
    took, before = [], _processor_seconds()
    for _ in range(TIMES):
        start = time.perf_counter()
        work()
        took.append(1000 * (time.perf_counter() - start))
    processor = 1000 * (_processor_seconds() - before) / TIMES
    p95 = statistics.quantiles(took, n=20, method="inclusive")[18]
    print(f"| {name} | median {statistics.median(took):.0f} ms, p95 {p95:.0f} ms, processor {processor:.0f} ms |", flush=True)


def _processor_seconds() -> float:
    """Of this process, and of PostgreSQL's that serves it."""
    from django.db import connection

    if connection.vendor == "sqlite":
        return time.process_time()
    connection.ensure_connection()
    return time.process_time() + seconds_of([connection.connection.info.backend_pid])
