"""Faults to order: what goes wrong between people who do nothing wrong."""

import random
import threading
from collections import deque
from dataclasses import dataclass, field

from studies.errors import StudyError

THROTTLE, BEFORE, AFTER = "throttle", "before", "after"
DUPLICATE, LOSE, REORDER, SLOW = "duplicate", "lose", "reorder", "slow"
OF_REQUESTS = (THROTTLE, BEFORE, AFTER)
ALL = (*OF_REQUESTS, DUPLICATE, LOSE, REORDER, SLOW)


class UnknownFault(StudyError):
    """A fault that the emulator cannot make."""


@dataclass
class Faults:
    """How often each goes wrong, from 0 (never) to 1 (always); may be changed while the emulator runs.

    throttle: a request is refused for its rate. before, after: the connection closes without an answer, before or after
    the request had its effect. duplicate, lose, reorder: of notifications. slow: of pages, by slow_seconds.
    """

    throttle: float = 0.0
    before: float = 0.0
    after: float = 0.0
    duplicate: float = 0.0
    lose: float = 0.0
    reorder: float = 0.0
    slow: float = 0.0
    slow_seconds: float = 3.0
    seed: int = 0
    _ordered: deque[tuple[str, str]] = field(default_factory=deque, repr=False)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)
        self._lock = threading.Lock()

    def order(self, fault: str, operation: str = "") -> None:
        """Make one request go wrong for certain: the next, or the next of that operation. Raises UnknownFault."""
        if fault not in OF_REQUESTS:
            raise UnknownFault(f"There is no fault “{fault}” of a request; order one of {', '.join(OF_REQUESTS)}.")
        with self._lock:
            self._ordered.append((fault, operation))

    def of_request(self, operation: str) -> str:
        """Which fault this request meets: of OF_REQUESTS, or none (empty)."""
        with self._lock:
            for ordered in self._ordered:
                if ordered[1] in ("", operation):
                    self._ordered.remove(ordered)
                    return ordered[0]
        return next(filter(self.happens, OF_REQUESTS), "")

    def happens(self, fault: str) -> bool:
        """Whether this fault comes now, by its probability."""
        with self._lock:
            return self._random.random() < float(getattr(self, fault))
