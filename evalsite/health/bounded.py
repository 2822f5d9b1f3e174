"""Work that may hang, for whoever can wait for a bounded time only: a web thread that a probe holds answers no worker."""

import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Generic, TypeVar

from django import db

Result = TypeVar("Result")
HOLDS_SECONDS = 1.0


class Bounded(Generic[Result]):
    """A function that runs in one thread of its own, once at a time.

    Whoever asks while it runs, or just after, is given what that run finds: however many ask, and however long it hangs, no
    more than one thread and one connection are at it. Nothing starts before somebody asks, so it may be made before a fork.
    """

    def __init__(self, work: Callable[[], Result]) -> None:
        self._work = work
        self._lock = threading.Lock()
        self._jobs: queue.SimpleQueue[Future[Result]] = queue.SimpleQueue()
        self._last: Future[Result] | None = None
        self._asked_at = 0.0

    def start(self) -> "Future[Result]":
        """What it finds, once it is found; an error that it raises, too."""
        with self._lock:
            if self._last is None:
                threading.Thread(target=self._go, daemon=True).start()
            if self._last is None or (self._last.done() and time.monotonic() > self._asked_at + HOLDS_SECONDS):
                self._last, self._asked_at = Future(), time.monotonic()
                self._jobs.put(self._last)
            return self._last

    def _go(self) -> None:
        while True:
            asked = self._jobs.get()
            try:
                asked.set_result(self._work())
            except Exception as error:  # raised where somebody waits for the result
                asked.set_exception(error)
            finally:
                db.connections.close_all()  # this thread's own: the database has few
