"""The money of a posting: what may be spent, what is meant to be, what is held, spent and returned. Whole cents."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q, Sum

from studies.channels.mturk.errors import OverBudget
from studies.channels.mturk.models import Assignment, Hit, Intent, Posting
from studies.channels.mturk.money import dollars


@dataclass(frozen=True)
class Balance:
    """Of a posting, in cents with Amazon's fees.

    budget: the most that may be spent. committed: rewards of all assignments asked for and bonuses, less what came back.
    spent: approved assignments and bonuses paid. held: the rest of what is committed.
    """

    budget: int
    committed: int
    spent: int

    @property
    def held(self) -> int:
        return self.committed - self.spent

    @property
    def left(self) -> int:
        return self.budget - self.committed


def balance_of(posting: Posting) -> Balance:
    """Derived from the intents, HITs and assignments at every look, so that it cannot drift."""
    approved = Assignment.objects.of(posting).filter(status=Assignment.Status.APPROVED).count()
    bonuses = posting.intents.filter(operation=Intent.Operation.BONUS, state=Intent.State.DONE)
    return Balance(
        budget=posting.budget_cents,
        committed=posting.intents.committed_cents() - _returned_cents(posting),
        spent=approved * posting.assignment_cents + bonuses.committed_cents(),
    )


def unused_cents(hit: Hit, now: datetime) -> int:
    """Of what was held for a HIT, what came back for assignments that can be made no more; all of it must have been read."""
    unused = max(0, hit.max_assignments - hit.assignments.count()) if hit.is_over(now) else 0
    return unused * hit.posting.assignment_cents


def _returned_cents(posting: Posting) -> int:
    """What came back: for assignments never made, and for rejections; an override pays anew, by an intent of its own."""
    unused = int(posting.hits.aggregate(sum=Sum("returned_cents"))["sum"] or 0)
    assignments = Assignment.objects.of(posting)
    overridden = Q(intents__details__override=True, status=Assignment.Status.APPROVED)
    rejected = assignments.filter(Q(status=Assignment.Status.REJECTED) | overridden).distinct().count()
    return unused + rejected * posting.assignment_cents


@transaction.atomic
def intend(posting: Posting, intents: Sequence[Intent]) -> list[Intent]:
    """Write down what is to be done; those that are written down already are left as they are. The new ones.

    Raises OverBudget if all of it would cost more than is left of what the researcher confirmed; nothing is written then.
    """
    locked = Posting.objects.select_for_update().get(pk=posting.pk)
    known = set(Intent.objects.filter(key__in=[intent.key for intent in intents]).values_list("key", flat=True))
    new = [intent for intent in intents if intent.key not in known]
    wanted, left = sum(intent.cents for intent in new), balance_of(locked).left
    if wanted > left:
        raise OverBudget(
            f"That would cost {dollars(wanted)}, and {dollars(max(0, left))} are left of the {dollars(locked.budget_cents)} "
            f"that were confirmed. Raise the budget of the posting first, or do less."
        )
    return Intent.objects.bulk_create(new)
