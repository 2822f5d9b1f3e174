"""The other processes that a study needs: a Celery worker, and the web site."""

import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from evalsite.reproduction.ports import DidNotFinish, free_port

PATIENCE_SECONDS = 60.0
POLL_SECONDS = 0.2


@contextmanager
def worker(log: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """A Celery worker with its beat, as `celery -A evalsite worker` starts it, until the block ends."""
    with _process(["celery", "-A", "evalsite", "worker", "--beat", "--pool", "solo", "--loglevel", "INFO"], log) as process:
        yield process


def manage(command: list[str], needed: "subprocess.Popen[bytes]", log: Path) -> None:
    """Run a management command that needs another process. Raises DidNotFinish if either of them ends badly."""
    running = subprocess.Popen([sys.executable, "manage.py", *command], cwd=settings.BASE_DIR)  # noqa: S603 (our own)
    try:
        while running.poll() is None:
            if needed.poll() is not None:
                raise DidNotFinish(f"A process that “{' '.join(command)}” needs has stopped; see {log}.")
            time.sleep(POLL_SECONDS)
    finally:
        running.terminate()
    if running.returncode:
        raise DidNotFinish(
            f"“{' '.join(command)}” failed; the reason is above. Run the same again when it is mended: it goes on."
        )


@contextmanager
def site(log: Path, port: int | None = None) -> Iterator[tuple[str, "subprocess.Popen[bytes]"]]:
    """The web site under gunicorn on a port of this machine, any that is free if none is named, until the block ends.

    Its address, and its process.
    """
    where = f"127.0.0.1:{free_port() if port is None else port}"
    command = ["gunicorn", "evalsite.wsgi", "--bind", where, "--access-logfile", "-"]
    with _process(command, log, EVALSITE_URL=f"http://{where}", EVALSITE_TRUSTED_PROXIES="0") as process:
        _await_answer(process, f"http://{where}", log)
        yield f"http://{where}", process


@contextmanager
def _process(command: list[str], log: Path, **environment: str) -> Iterator["subprocess.Popen[bytes]"]:
    """A Python module in a process of its own, its output in a log, stopped politely at the end of the block."""
    with log.open("ab") as output:
        process = subprocess.Popen(  # noqa: S603 (our own command)
            [sys.executable, "-m", *command],
            cwd=settings.BASE_DIR,
            stdout=output,
            stderr=output,
            env={**os.environ, **environment},
        )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


def _await_answer(process: "subprocess.Popen[bytes]", address: str, log: Path) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not _answers(address):
        if process.poll() is not None or time.monotonic() > deadline:
            raise DidNotFinish(f"The site does not answer at {address}; see {log}.")
        time.sleep(POLL_SECONDS)


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/admin/login/", timeout=5):  # noqa: S310 (our own http address)
            return True
    except OSError:  # refused, or accepted by a server that has nobody to answer yet
        return False
