"""The checks among a session's trials: gold trials, repeats, attention checks, practice."""

import random
from collections.abc import Sequence

from studies.models import Session, Trial


def with_checks(session: Session, trials: Sequence[Trial], draw: random.Random) -> list[Trial]:
    """Save a session's trials, numbered from 1."""
    for number, trial in enumerate(trials, start=1):
        trial.number = number
    return Trial.objects.bulk_create(trials)
