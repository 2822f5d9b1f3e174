"""How long a normal visit takes while clients are slow on every page of workers: through nginx, and straight at gunicorn.

python -m benchmarks.slow_clients --workers 8 --visits 10

Each slow worker is five slow clients (tests/deploy/slow_crowd.py). gunicorn has two processes of four threads.
"""

import argparse
import asyncio
import itertools
import random
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from tests.deploy.served import THREADS, serve
from tests.deploy.slow_crowd import alongside, slow_crowd
from tests.real_server import HOST, real_server
from tests.visitor import Visitor

STUDY = {"prompts": 8, "size": 512, "votes_wanted": 40, "trials_per_session": 2}


async def visits(newcomers: Iterator[Visitor], link: str, number: int) -> list[float]:
    """The seconds that each of so many visits takes, from the first page to the last."""
    took = []
    for visitor in itertools.islice(newcomers, number):
        start = time.perf_counter()
        async with visitor.connection:
            await visitor.vote(link)
        took.append(time.perf_counter() - start)
    return took


async def measure(way: str, newcomers: Iterator[Visitor], link: str, workers: int, number: int) -> None:
    """Print a row for visits to an idle site, and one for visits among slow clients."""
    await visits(newcomers, link, 2)  # nobody measures the first
    say(way, 0, await visits(newcomers, link, number))
    took: list[float] = []
    crowd = await slow_crowd(newcomers, link, workers)

    async def meanwhile() -> None:
        for _ in range(number):
            took.extend(await visits(newcomers, link, 1))

    with suppress(TimeoutError):  # then fewer visits were made
        await alongside(crowd.clients, meanwhile)
    say(way, len(crowd.clients), took)


def say(way: str, slow: int, took: list[float]) -> None:
    """Print a row of the table."""
    told = f"{statistics.median(took):.2f} s | {max(took):.2f} s" if took else "– | –"
    print(f"| {way} | {slow} | {len(took)} | {told} |", flush=True)


def main(workers: int, number: int) -> None:
    print("| way | slow clients | visits done in 30 s | median | longest |\n| --- | --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as folder, serve(Path(folder), STUDY, {}) as served:
        through = (served.visitor(count, f"127.0.1.{count}") for count in itertools.count(1))
        served.run(measure("nginx", through, served.site.link, workers, number))
    with tempfile.TemporaryDirectory() as folder, real_server(Path(folder), STUDY, options=THREADS) as server:
        straight = (Visitor(HOST, server.site.port, random.Random(count)) for count in itertools.count(1))
        asyncio.run(measure("gunicorn", straight, server.link, workers, number))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workers", type=int, default=8, help="slow ones")
    parser.add_argument("--visits", type=int, default=10)
    arguments = parser.parse_args()
    main(arguments.workers, arguments.visits)
