"""Every call that spends or decides: written down before it is made, settled after it, and never made again blindly."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from django.db import IntegrityError, transaction

from studies.channels.prolific.errors import MayHaveHappened, OverBudget, Refused, UnderWay, Unreachable
from studies.channels.prolific.models import Intent, ProlificStudy, Submission

T = TypeVar("T")
Check = Callable[[ProlificStudy], None]

BEFORE_IT_IS_KNOWN = "It is being asked for already, and what came of it is not known yet. Read Prolific again first."


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A call to be made. cents: what it spends at most, with fees and VAT."""

    kind: Intent.Kind
    who: str
    at: datetime
    submission: Submission | None = None
    cents: int = 0
    reference: str = ""
    body: dict[str, Any]


def nothing_more(_locked: ProlificStudy) -> None:
    """No condition beyond the budget."""


def write(
    prolific_study: ProlificStudy, wanted: Wanted, check: Check = nothing_more, state: Intent.State = Intent.State.PENDING
) -> Intent:
    """Write a call down before it is made, if the budget allows what it spends.

    check: raises for what must not be done now; it sees the row as it is while nobody else writes. The intent is committed
    before anything is said to Prolific, so this must not be called within a transaction. Raises OverBudget, and UnderWay while
    the same call may still be happening.
    """
    try:
        with transaction.atomic(durable=True):
            locked = ProlificStudy.objects.select_for_update().get(pk=prolific_study.pk)
            check(locked)
            _refuse_over_budget(locked, wanted.cents)
            return Intent.objects.create(prolific_study=locked, state=state, **vars(wanted))
    except IntegrityError:
        raise UnderWay(BEFORE_IT_IS_KNOWN) from None


def carry_out(intent: Intent, call: Callable[[], T], note: Callable[[T], None]) -> None:
    """Make a call that was written down, and settle it: done, not happened, or uncertain.

    note: writes down what Prolific answered. That and the settling are one step, so that whoever finds no open call finds what
    came of it. Raises what the client raises. Where this process dies meanwhile, the intent stays pending and is read back.
    """
    try:
        answer = call()
    except MayHaveHappened as error:
        intent.settle(Intent.State.UNCERTAIN, str(error))
        raise
    except (Refused, Unreachable) as error:
        intent.settle(Intent.State.FAILED, str(error))
        raise
    with transaction.atomic():
        note(answer)
        intent.settle(Intent.State.DONE)


def _refuse_over_budget(prolific_study: ProlificStudy, cents: int) -> None:
    committed, budget = prolific_study.committed_cents(), prolific_study.budget_cents
    if cents and committed + cents > budget:
        left = prolific_study.money(max(budget - committed, 0))
        raise OverBudget(
            f"This costs {prolific_study.money(cents)}, and the budget of {prolific_study.money(budget)} has {left} left. "
            f"Raise the budget if you mean it."
        )
