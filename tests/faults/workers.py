"""Celery workers as processes that can be killed: each is forked from one process that has loaded torch already.

A worker that loads torch itself takes five seconds of a processor before its first message, and tests of faults need many.
"""

import multiprocessing
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from multiprocessing.context import ForkServerProcess
from pathlib import Path

# Torch, and what else takes long; none of it looks at settings, which are each worker's own.
_LOADED = (
    "generation.checkpoints",
    "generation.safety",
    "generation.sampler",
    "generation.captioning",
    "celery.bin.worker",
    "django.contrib.admin.options",
    "kombu.transport.pyamqp",
    "kombu.transport.redis",
    "psycopg",
    "boto3",
    "pandas",
    "scipy.stats",
)
_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(list(_LOADED))


def start_worker(environment: Mapping[str, str], name: str, log: Path) -> ForkServerProcess:
    """A worker of all queues, which says what it has to say in the log."""
    process = _FORKS.Process(target=_work, args=[dict(environment), name, str(log)])
    process.start()
    return process


@contextmanager
def worker(environment: Mapping[str, str], name: str, log: Path) -> Iterator[ForkServerProcess]:
    """The same until the block ends."""
    process = start_worker(environment, name, log)
    try:
        yield process
    finally:
        process.kill()
        process.join()


def _work(environment: Mapping[str, str], name: str, log: str) -> None:
    """What `celery -A evalsite worker` does, in a process that has just been forked."""
    os.environ.update(environment)
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for stream in (sys.stdout, sys.stderr):
        os.dup2(output, stream.fileno())
    import torch
    from celery.__main__ import main

    torch.set_num_threads(1)  # numbers do not hang on how a sum is shared out among threads
    sys.argv = ["celery", "-A", "evalsite", "worker", "--pool", "solo", "-n", name, "-l", "INFO"]
    main()
