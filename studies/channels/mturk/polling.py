"""Asking Mechanical Turk what happened. What is asked grows with what changed, not with what is there.

Each poll asks for the HITs that became reviewable, a hundred with each request, and reads the assignments of these and of
HITs at which something is known to have happened: a worker answered here, or a notification said so. Notifications and
answers here are hints; none is believed, and none is needed: once an hour a sweep goes through all HITs, a hundred with
each request, and compares their counts with what is known.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count

from studies.channels.mturk.carrying_out import carry_out_one
from studies.channels.mturk.client import Client, client_for
from studies.channels.mturk.granting import grant_to
from studies.channels.mturk.ledger import intend, unused_cents
from studies.channels.mturk.models import Assignment, FrameVisit, Hit, Intent, Posting, Qualification
from studies.channels.mturk.operations.hits import all_hits, pages
from studies.channels.mturk.recording import record
from studies.confirmation import never_arrived
from studies.models import Session, Trial

SWEEP_EVERY = timedelta(hours=1)
GRACE = timedelta(minutes=5)  # for what is handed in at the last moment, and clocks that differ
BY = "polling"


@dataclass(frozen=True)
class Polled:
    """What a poll did."""

    hits: int
    new_assignments: int

    @property
    def said(self) -> str:
        return f"HITs looked at: {self.hits}; new assignments: {self.new_assignments}."


def poll(posting: Posting, now: datetime, *, sweeps: bool | None = None) -> Polled:
    """Read what changed of a posting. Raises NotReachable and MayHaveHappened; what was read until then is kept.

    sweeps: whether to go through all HITs; None for once an hour.
    """
    client = client_for(posting.environment)
    _hint_overdue(posting, now)
    reviewable = _reviewable(client, posting)
    waiting = [hit for hit in posting.hits.waiting() if hit.is_worth_a_look(now)]
    changed = {hit.pk: hit for hit in [*waiting, *posting.hits.hinted(), *reviewable]}
    if sweeps or (sweeps is None and (posting.swept_at is None or now >= posting.swept_at + SWEEP_EVERY)):
        changed |= {hit.pk: hit for hit in _changed_since(client, posting)}
        Posting.objects.filter(pk=posting.pk).update(swept_at=now)
    before = Assignment.objects.of(posting).count()
    for hit in changed.values():
        hit.posting = posting
        look_at(hit, client, now)
    for hit in reviewable:
        _mark_as_read(hit, client, now)
    Posting.objects.filter(pk=posting.pk).update(polled_at=now)
    return Polled(len(changed), Assignment.objects.of(posting).count() - before)


def look_at(hit: Hit, client: Client, now: datetime) -> None:
    """Read the assignments of a HIT, and settle what cannot be handed in any more, and the money that came back."""
    told = list(pages(client, "ListAssignmentsForHIT", "Assignments", HITId=hit.hit_id))
    assignments = [record(hit, one, now) for one in told]
    grant_to(hit.posting, Qualification.Kind.TOOK_PART, [assignment.worker for assignment in assignments], now)
    _settle_visits(hit, now)
    hit.returned_cents = unused_cents(hit, now)
    hit.looked_at = now
    hit.save(update_fields=["returned_cents", "looked_at", "state"])


def _reviewable(client: Client, posting: Posting) -> list[Hit]:
    if not posting.hit_type_id:
        return []
    asked = {"HITTypeId": posting.hit_type_id, "Status": "Reviewable"}
    ids = [hit["HITId"] for hit in pages(client, "ListReviewableHITs", "HITs", **asked)]
    hits = list(posting.hits.filter(hit_id__in=ids))
    for hit in hits:
        hit.state = Hit.State.REVIEWABLE
    return hits


def _changed_since(client: Client, posting: Posting) -> list[Hit]:
    """HITs of which Mechanical Turk counts more assignments, or another state, than is known here."""
    known = {hit.hit_id: hit for hit in posting.hits.created().annotate(assignments_known=Count("assignments"))}
    changed = []
    for told in all_hits(client):
        hit = known.get(told["HITId"])
        if hit and (_handed_in(told) != hit.assignments_known or told["HITStatus"] != hit.state):  # type: ignore[attr-defined]
            hit.state, hit.expires_at = told["HITStatus"], told["Expiration"]
            hit.save(update_fields=["state", "expires_at"])
            changed.append(hit)
    return changed


def _handed_in(told: dict[str, Any]) -> int:
    """Of a HIT's assignments, those that are neither free nor being worked on."""
    return int(told["MaxAssignments"] - told["NumberOfAssignmentsAvailable"] - told["NumberOfAssignmentsPending"])


def _mark_as_read(hit: Hit, client: Client, now: datetime) -> None:
    """So that it is not listed as reviewable at every poll."""
    key = f"reviewing/{hit.token}/{hit.max_assignments}/{hit.assignments.count()}"
    new = intend(
        hit.posting,
        [Intent(posting=hit.posting, operation=Intent.Operation.REVIEWING, key=key, hit=hit, by=BY, at=now)],
    )
    for intent in new:
        carry_out_one(intent, client, lambda: now)


def _hint_overdue(posting: Posting, now: datetime) -> None:
    """Look again at HITs with answers that should have been handed in by now."""
    latest = now - timedelta(seconds=posting.assignment_seconds) - GRACE
    overdue = _waiting(FrameVisit.objects.filter(hit__posting=posting), latest)
    Hit.objects.filter(pk__in=overdue.values("hit")).update(hinted_at=now - timedelta(microseconds=1))


def _settle_visits(hit: Hit, now: datetime) -> None:
    """Set apart what was answered in the frame and cannot be handed in any more."""
    latest = now - timedelta(seconds=hit.posting.assignment_seconds) - GRACE
    for visit in _waiting(hit.visits.all(), latest).filter(session__assignment=None).select_related("session"):
        never_arrived(visit.session)


def _waiting(visits: Any, latest: datetime) -> Any:
    """Visits that began so early that their time is over, and whose answers still wait."""
    waiting = Trial.objects.filter(state__in=[Trial.State.OPEN, Trial.State.UNCONFIRMED])
    sessions = Session.objects.filter(started_at__lt=latest, trials__in=waiting)
    return visits.filter(session__in=sessions)
