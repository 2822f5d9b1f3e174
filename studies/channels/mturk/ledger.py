"""The money of a posting: what may be spent, what is meant to be, what is held, spent and returned. Whole cents."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q, Sum

from studies.channels.mturk.errors import OverBudget
from studies.channels.mturk.models import Assignment, Hit, Intent, Posting
from studies.channels.mturk.money import dollars

OPENING_AGAIN = (Intent.Operation.ADD_ASSIGNMENTS, Intent.Operation.EXPIRE)


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
    """Of what was held for a HIT, what came back for assignments that can be made no more; all of it must have been read.

    Nothing while the HIT is about to be opened again: all its assignments could then be made after all.
    """
    if not hit.is_over(now) or hit.intents.under_way().filter(operation__in=OPENING_AGAIN).exists():
        return 0
    return max(0, hit.max_assignments - hit.assignments.count()) * hit.posting.assignment_cents


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

    What was refused is wanted anew, in the same row and so with the same token: it cannot be done twice. Raises OverBudget if
    all of it would cost more than is left of what the researcher confirmed; nothing is written then.
    """
    locked = Posting.objects.select_for_update().get(pk=posting.pk)
    known = {intent.key: intent for intent in Intent.objects.filter(key__in=[intent.key for intent in intents])}
    new = [intent for intent in intents if intent.key not in known or known[intent.key].state == Intent.State.REFUSED]
    wanted, left = sum(intent.cents for intent in new), balance_of(locked).left
    if wanted and wanted > left:
        raise OverBudget(
            f"That would cost {dollars(wanted)}, and {dollars(max(0, left))} are left of the {dollars(locked.budget_cents)} "
            f"that were confirmed. Raise the budget of the posting first, or do less."
        )
    for intent in new:
        if intent.key in known:
            intent.want_again(known[intent.key])
    Intent.objects.bulk_create(intent for intent in new if intent.key not in known)
    return new
