"""The comparisons that a researcher should look at: the least filled ones, and those with images reported as broken."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from heapq import nsmallest

from django.db.models import OuterRef, Subquery

from analysis.web.heads import Order
from analysis.web.progress import Filling, Progress
from analysis.web.sittings import reports_of
from studies.models import Comparison, Study, Trial

LISTED = 20
COLUMNS = (("votes", "Votes"), ("open", "Open now"), ("reports", "Reports of broken images"))


@dataclass(frozen=True)
class Listed:
    """One comparison of the list; `shown` names the conditions shown together."""

    comparison: Comparison
    shown: str
    done: int
    waiting: int
    reports: int


def least_filled(study: Study, progress: Progress, order: Order, *, rehearsal: bool) -> list[Listed]:
    """The first LISTED of the comparisons that lack votes or have reports, sorted by one of COLUMNS. Three queries."""
    reports = _reports(study, rehearsal)
    candidates = [filling for filling in progress.fillings if filling.done < progress.wanted or reports[filling.pk]]
    chosen = nsmallest(LISTED, candidates, key=lambda filling: _key(filling, reports, order))
    comparisons = Comparison.objects.select_related("prompt__prompt_set").in_bulk([filling.pk for filling in chosen])
    names = [condition.printed_name for condition in study.conditions.all()]
    return [
        Listed(comparisons[pk], _shown(comparisons[pk], names), done, waiting, reports[pk]) for pk, _, done, waiting in chosen
    ]


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
