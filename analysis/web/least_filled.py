"""The comparisons that a researcher should look at: the least filled ones, and those with images reported as broken."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from heapq import nsmallest
from typing import NamedTuple

from django.db.models import Exists, OuterRef, Subquery

from analysis.web.heads import Order
from analysis.web.progress import filled_comparisons
from analysis.web.sittings import reports_of
from studies.models import Comparison, Study, Trial

LISTED = 20
COLUMNS = (("votes", "Votes"), ("open", "Open now"), ("reports", "Reports of broken images"))


class Filling(NamedTuple):
    """One comparison: the trials answered and open now."""

    pk: int
    done: int
    waiting: int


@dataclass(frozen=True)
class Listed:
    """One comparison of the list; `shown` names the conditions shown together."""

    comparison: Comparison
    shown: str
    done: int
    waiting: int
    reports: int


def least_filled(study: Study, wanted: int, order: Order, *, rehearsal: bool) -> list[Listed]:
    """The first LISTED of the comparisons that lack votes or have reports, sorted by one of COLUMNS. Six queries.

    wanted: votes on each comparison.
    """
    reports = _reports(study, rehearsal)
    candidates = {each.pk: each for each in _candidates(study, wanted, order, reports, rehearsal)}
    chosen = nsmallest(LISTED, candidates.values(), key=lambda filling: _key(filling, reports, order))
    comparisons = Comparison.objects.select_related("prompt__prompt_set").in_bulk([filling.pk for filling in chosen])
    names = [condition.printed_name for condition in study.conditions.all()]
    return [Listed(comparisons[pk], _shown(comparisons[pk], names), done, waiting, reports[pk]) for pk, done, waiting in chosen]


def _candidates(study: Study, wanted: int, order: Order, reports: Counter[int], rehearsal: bool) -> Iterator[Filling]:
    """All that can be among the first: those with reports, the first of those with trials, the first of those without."""
    taken = filled_comparisons(study, rehearsal=rehearsal)
    own = {"votes": "done", "open": "waiting", "reports": "done"}[order.column]  # those with reports come whole
    first = f"-{own}" if order.is_descending and order.column != "reports" else own
    lacking = taken.filter(done__lt=wanted).order_by(first, "done", "comparison")
    yield from (Filling(*row) for row in lacking.values_list("comparison", "done", "waiting")[:LISTED])
    reported = {pk: Filling(pk, 0, 0) for pk in reports}
    rows = taken.filter(comparison__in=reported).values_list("comparison", "done", "waiting")
    yield from (reported | {row[0]: Filling(*row) for row in rows}).values()
    real = Trial.objects.of(study, rehearsal=rehearsal).real().filter(state__in=[Trial.State.DONE, Trial.State.OPEN])
    untouched = study.comparisons.wanted().filter(~Exists(real.filter(comparison=OuterRef("pk")))).order_by("pk")
    yield from (Filling(pk, 0, 0) for pk in untouched.values_list("pk", flat=True)[:LISTED])


def _key(filling: Filling, reports: Counter[int], order: Order) -> tuple[int, int, int]:
    number = {"votes": filling.done, "open": filling.waiting, "reports": reports[filling.pk]}[order.column]
    return -number if order.is_descending else number, filling.done, filling.pk


def _reports(study: Study, rehearsal: bool) -> Counter[int]:
    """How many workers reported an image, by comparison."""
    trial = Trial.objects.filter(pk=OuterRef("trial"))
    reports = reports_of(study, rehearsal=rehearsal).annotate(comparison=Subquery(trial.values("comparison")))
    return Counter(reports.values_list("comparison", flat=True))


def _shown(comparison: Comparison, names: Sequence[str]) -> str:
    return ", ".join(names[int(row)] for row in comparison.together.split(","))
