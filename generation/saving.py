"""Saving what was made while the next batch is drawn: encoding and storing are the processor's work, drawing the device's."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

from django import db


class Saver:
    """One thread that saves batches, one after the other. No more than one waits: memory holds two batches of images."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, "saving")
        self._last: Future[None] | None = None

    def hand_over(self, save: Callable[[], None]) -> None:
        """Let the thread save, once it has saved what it was given before. Raises what prevented that."""
        self.wait()
        self._last = self._thread.submit(_with_connection, save)

    def wait(self) -> None:
        """Return when all is saved that was handed over. Raises what prevented it."""
        last, self._last = self._last, None
        if last is not None:
            last.result()


def _with_connection(save: Callable[[], None]) -> None:
    """As around a request: a connection that broke, or is too old, is opened again."""
    db.close_old_connections()
    try:
        save()
    finally:
        db.close_old_connections()
