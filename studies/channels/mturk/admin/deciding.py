"""What a researcher decides on ticked assignments: read from the form, planned, and only then done."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.http import QueryDict

from studies.channels.mturk.errors import ImpossibleReview
from studies.channels.mturk.models import Assignment, Posting
from studies.channels.mturk.money import cents_of
from studies.channels.mturk.review import Plan, approve, bonus, override, reject

VERBS = {"approve": "Approve", "reject": "Reject", "override": "Override the rejection", "bonus": "Send a bonus"}
WORD = "reject"  # to be typed before anybody's work is rejected


@dataclass(frozen=True)
class Decision:
    """What was asked for.

    amount: dollars as typed, of a bonus. purpose: names a bonus, so that the same form sent twice pays once.
    """

    name: str
    assignments: Sequence[Assignment]
    message: str
    amount: str
    purpose: str

    @property
    def keys(self) -> str:
        return ",".join(str(one.pk) for one in self.assignments)

    def plan(self, who: str, now: datetime) -> Plan:
        """What would be done. Raises ImpossibleReview and BadAmount with the reason why nothing can be."""
        if not self.assignments:
            raise ImpossibleReview("Tick the assignments first.")
        if self.name == "bonus":
            return self._bonus(who, now)
        return {"approve": approve, "reject": reject, "override": override}[self.name](self.assignments, self.message, who, now)

    def _bonus(self, who: str, now: datetime) -> Plan:
        cents = cents_of(self.amount)
        paid = [one for one in self.assignments if one.status != Assignment.Status.REJECTED]
        out = [f"{one} is rejected: override that first" for one in self.assignments if one not in paid]
        intents = [bonus(one, cents, self.message, self.purpose, who, now) for one in paid]
        return Plan("Send a bonus for", tuple(intents), tuple(out))


def decision_of(posting: Posting, sent: QueryDict, everything: Sequence[int], purpose: str) -> Decision:
    """What a form asks for. Raises ImpossibleReview for a form that asks for nothing.

    everything: the keys of all assignments that the filter shows, for a form that asks for all of them.
    """
    name = sent.get("decision", "")
    if name not in VERBS:
        raise ImpossibleReview("Choose what to do with the assignments that are ticked.")
    keys = everything if "all" in sent else _keys(sent)
    chosen = Assignment.objects.of(posting).filter(pk__in=keys).select_related("hit__posting__study", "worker")
    return Decision(
        name=name,
        assignments=list(chosen.order_by("submitted_at", "pk")),
        message=sent.get("message", "").strip(),
        amount=sent.get("amount", ""),
        purpose=sent.get("purpose", "") or purpose,
    )


def refuse_unsure(decision: Decision, word: str) -> None:
    """Raise ImpossibleReview for a rejection that is not confirmed a second time."""
    if decision.name == "reject" and word.strip().lower() != WORD:
        raise ImpossibleReview(f"Nothing was rejected. Type the word “{WORD}” to reject: workers lose pay and standing by it.")


def _keys(sent: QueryDict) -> list[int]:
    """Of the assignments that are ticked, or that the dry run listed in one field."""
    told = [*sent.getlist("assignment"), *sent.get("assignments", "").split(",")]
    return [int(key) for key in told if key.isdecimal()]
