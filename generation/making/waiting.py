"""Waiting for a chat endpoint without losing the lease."""

import time
from collections.abc import Callable

from generation.sampler import OnStep

STEP_SECONDS = 1.0


def keeping(on_step: OnStep) -> Callable[[float], None]:
    """A wait of so many seconds that calls on_step meanwhile, and raises what it raises."""

    def wait(seconds: float) -> None:
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            on_step()
            time.sleep(min(left, STEP_SECONDS))

    return wait
