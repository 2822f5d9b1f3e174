"""Saying what would be done, and doing it only as it was said."""

from collections.abc import Callable

from django.db import transaction

from studies.channels.mturk.errors import MTurkError


class DoneOtherwise(MTurkError):
    """What would be done now is not what was shown."""


def dry_run(action: Callable[[], str]) -> str:
    """What an action that writes to the database alone says it did, with everything that it wrote taken back.

    Raises what the action raises: what is refused now would be refused then.
    """
    with transaction.atomic():
        said = action()
        transaction.set_rollback(True)
    return said


def as_said(action: Callable[[], str], said: str) -> str:
    """Do what a dry run said. Raises DoneOtherwise if it would be something else by now, and does nothing then."""
    with transaction.atomic():
        done = action()
        if done != said:
            raise DoneOtherwise(f"Nothing was done, as something changed meanwhile. What would be done now: {done}")
    return done
