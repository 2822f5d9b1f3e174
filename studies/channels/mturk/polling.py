"""Asking Mechanical Turk what happened. What is asked grows with what changed, not with what is there.

Each poll asks for the HITs that became reviewable, a hundred with each request, and reads the assignments of these and of
HITs at which something is known to have happened: a worker answered here, or a notification said so. Notifications and
answers here are hints; none is believed, and none is needed: once an hour a sweep goes through all HITs, a hundred with
each request, and compares their counts with what is known.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q

from studies.channels.mturk.carrying_out import carry_out_one
from studies.channels.mturk.client import Client, client_for
from studies.channels.mturk.errors import Refused
from studies.channels.mturk.granting import grant_to
from studies.channels.mturk.hits_to_make import let_go_of_places
from studies.channels.mturk.ledger import intend, unused_cents
from studies.channels.mturk.models import Assignment, FrameVisit, Hit, Intent, Posting, Qualification
from studies.channels.mturk.operations.hits import GONE, all_hits, pages
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
        changed |= {hit.pk: hit for hit in _changed_since(client, posting, now)}
        Posting.objects.filter(pk=posting.pk).update(swept_at=now)
    before = Assignment.objects.of(posting).count()
    for hit in changed.values():
        hit.posting = posting
        look_at(hit, client, now)
    for hit in reviewable:
        _mark_as_read(hit, client, now)
    let_go_of_places(posting, now)
    Posting.objects.filter(pk=posting.pk).update(polled_at=now)
    return Polled(len(changed), Assignment.objects.of(posting).count() - before)


def look_at(hit: Hit, client: Client, now: datetime) -> None:
    """Read the assignments of a HIT, and settle what cannot be handed in any more, and the money that came back."""
    assignments = [record(hit, one, now) for one in _told(hit, client)]
    grant_to(hit.posting, Qualification.Kind.TOOK_PART, [assignment.worker for assignment in assignments], now)
    _settle_visits(hit, now)
    hit.returned_cents = unused_cents(hit, now)
    hit.looked_at = now
    # Unless it was deleted meanwhile: that is for ever.
    there = Hit.objects.filter(pk=hit.pk).exclude(state=Hit.State.DISPOSED)
    there.update(returned_cents=hit.returned_cents, looked_at=now, state=hit.state)


def _told(hit: Hit, client: Client) -> list[dict[str, Any]]:
    """The assignments of a HIT; of one that is gone, which is noted, no new ones."""
    try:
        return list(pages(client, "ListAssignmentsForHIT", "Assignments", HITId=hit.hit_id))
    except Refused as refusal:
        if refusal.code != GONE:
            raise
        hit.state = Hit.State.DISPOSED
        return []


def _reviewable(client: Client, posting: Posting) -> list[Hit]:
    if not posting.hit_type_id:
        return []
    asked = {"HITTypeId": posting.hit_type_id, "Status": "Reviewable"}
    ids = [hit["HITId"] for hit in pages(client, "ListReviewableHITs", "HITs", **asked)]
    hits = list(posting.hits.filter(hit_id__in=ids))
    for hit in hits:
        hit.state = Hit.State.REVIEWABLE
    return hits


def _changed_since(client: Client, posting: Posting, now: datetime) -> list[Hit]:
    """HITs of which Mechanical Turk counts other assignments, or more that are decided on, or says another state than here."""
    decided = Count("assignments", filter=~Q(assignments__status=Assignment.Status.SUBMITTED))
    counted = posting.hits.created().annotate(known=Count("assignments"), known_decided=decided)
    known: dict[str, Any] = {hit.hit_id: hit for hit in counted}
    changed = []
    for told in all_hits(client):
        hit = known.get(told["HITId"])
        here = hit and (hit.known, hit.known_decided, hit.state)
        if hit and here != (_handed_in(told), told["NumberOfAssignmentsCompleted"], told["HITStatus"]):
            # Hinted at, so that it is looked at even if this poll comes to a sudden end.
            hit.state, hit.expires_at, hit.hinted_at = told["HITStatus"], told["Expiration"], now
            hit.save(update_fields=["state", "expires_at", "hinted_at"])
            changed.append(hit)
    return changed


def _handed_in(told: dict[str, Any]) -> int:
    """Of a HIT's assignments, those that are neither free nor being worked on."""
    return int(told["MaxAssignments"] - told["NumberOfAssignmentsAvailable"] - told["NumberOfAssignmentsPending"])


def _mark_as_read(hit: Hit, client: Client, now: datetime) -> None:
    """So that it is not listed as reviewable at every poll."""
    ends = f"{hit.expires_at.timestamp():.0f}" if hit.expires_at else ""
    key = f"reviewing/{hit.token}/{hit.max_assignments}/{hit.assignments.count()}/{ends}"
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
