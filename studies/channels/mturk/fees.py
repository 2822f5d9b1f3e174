"""What Amazon takes on top of what workers get, in whole cents.

"Pricing", Amazon Mechanical Turk: 20 % of reward and bonus; another 20 % of the reward for HITs with ten or more assignments;
5 % of the reward for Masters; at least one cent per assignment or bonus. Amazon does not say how it rounds: here each part
is rounded half up to a cent by itself.
"""

from studies.errors import StudyError

BASE_PERCENT = 20
MANY_ASSIGNMENTS, MANY_PERCENT = 10, 20
MASTERS_PERCENT = 5
LEAST_CENTS = 1


class NegativeAmount(StudyError):
    """A reward or a bonus below nothing."""


def fee_cents(reward_cents: int, *, max_assignments: int, masters: bool) -> int:
    """Amazon's fee for one assignment of a HIT with that many, in cents. Raises NegativeAmount."""
    parts = [BASE_PERCENT]
    if max_assignments >= MANY_ASSIGNMENTS:
        parts.append(MANY_PERCENT)
    if masters:
        parts.append(MASTERS_PERCENT)
    return max(LEAST_CENTS, sum(_share(reward_cents, percent) for percent in parts))


def bonus_fee_cents(bonus_cents: int) -> int:
    """Amazon's fee for one bonus, in cents. Raises NegativeAmount."""
    return max(LEAST_CENTS, _share(bonus_cents, BASE_PERCENT))


def _share(cents: int, percent: int) -> int:
    """Per cents of an amount, rounded half up."""
    if cents < 0:
        raise NegativeAmount("A reward or a bonus cannot be below nothing: give it in cents, from 0.")
    return (cents * percent + 50) // 100
