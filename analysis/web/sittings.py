"""The sessions of a study: how many are in which state, and what their workers say of the study and of its images."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, QuerySet

from studies.models import Report, Session, Study, Trial

LISTED = 50


@dataclass(frozen=True)
class Sittings:
    """Sessions by state, every state named; the newest comments and reports of broken images."""

    by_state: Sequence[tuple[str, int]]
    comments: Sequence[Session]
    reports: Sequence[Report]

    @property
    def total(self) -> int:
        return sum(number for _, number in self.by_state)


def sittings_of(study: Study, *, rehearsal: bool) -> Sittings:
    """What the sessions of a study, or of its rehearsal, tell; a fixed number of queries."""
    sessions = Session.objects.of(study, rehearsal=rehearsal)
    counted = dict(sessions.order_by().values_list("state").annotate(Count("pk")))
    comments = sessions.exclude(comment="").select_related("worker").order_by("-last_seen_at", "-pk")
    with_trials = (
        reports_of(study, rehearsal=rehearsal)
        .select_related("trial__worker", "trial__comparison__prompt__prompt_set")
        .order_by("-at", "-pk")
    )
    by_state = [(state.value, counted.get(state.value, 0)) for state in Session.State]
    return Sittings(by_state, list(comments[:LISTED]), list(with_trials[:LISTED]))


def reports_of(study: Study, *, rehearsal: bool) -> QuerySet[Report]:
    """Reports of broken images. Each looks up its trial: there are few reports, and a large study has many trials."""
    return Report.objects.filter(Exists(Trial.objects.of(study, rehearsal=rehearsal).filter(pk=OuterRef("trial"))))
