"""The emulator's clock: the machine's, and as far ahead of it as it was told to be."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from studies.errors import StudyError


class BackInTime(StudyError):
    """A clock told to go back."""


class Clock:
    """Tells the time, in UTC; can be put forward."""

    def __init__(self) -> None:
        self._ahead = timedelta()
        self.when_moved: list[Callable[[], None]] = []

    def now(self) -> datetime:
        return datetime.now(UTC) + self._ahead

    def advance(self, seconds: float) -> None:
        """Put the clock forward; what falls due meanwhile has happened when this returns. Raises BackInTime."""
        if seconds < 0:
            raise BackInTime("The emulator's clock only goes forward: give seconds from 0 on.")
        self._ahead += timedelta(seconds=seconds)
        for tell in self.when_moved:
            tell()
