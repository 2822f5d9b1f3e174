"""What the power of a draft is judged by: votes of an earlier study that the user may see, else what is usual."""

from dataclasses import dataclass

import numpy as np
from django.contrib.auth.models import AnonymousUser, User
from django.core.cache import cache

from analysis.power import USUAL, Assumptions, BadPlan, Correlations, Split
from analysis.power_pilot import Pilot, measured
from analysis.web.gate import why_hidden
from studies.models import Study, Trial, Vote

UNDECIDED = 0.2  # usual share of votes for no clear winner
LEVEL = 0.05


@dataclass(frozen=True)
class Basis:
    """source: the earlier study, or "" for what is usual. undecided: the share of votes for no clear winner, 0 to 1."""

    source: str
    undecided: float
    correlations: Correlations

    @property
    def words(self) -> str:
        if self.source:
            return f"if votes fall and depend on each other as in “{self.source}”"
        tied = f"{100 * self.undecided:.0f} % of the votes are for no clear winner"
        return f"assuming that {tied} and that votes depend on each other as usual"

    def assumptions(self, shown: int, tests: int) -> Assumptions:
        """Of conditions that are equally good but for the difference that is looked for."""
        return assumptions(self.undecided, self.correlations, shown, tests)


def assumptions(undecided: float, correlations: Correlations, shown: int, tests: int) -> Assumptions:
    """shown: conditions together, of which all that are not looked at have their share too."""
    share = (1 - undecided) / shown
    return Assumptions(Split(share, share), correlations, tests, LEVEL)


def basis_of(study: Study, user: User | AnonymousUser) -> Basis:
    """The first of the study's earlier studies whose votes tell enough, by name; what is usual if there is none."""
    for earlier in study.earlier_studies.order_by("name"):
        if not why_hidden(earlier, user, rehearsal=False) and (found := _told_by(earlier)):
            return found
    return Basis("", UNDECIDED, USUAL)


def _told_by(study: Study) -> Basis | None:
    """Kept in the cache as long as the number of votes is the same: a page must not wait for a large study twice."""
    counted = Trial.objects.of(study, rehearsal=False).counted()
    key = f"power of study {study.pk} {study.token} with {counted.count()} trials".replace(" ", "-")
    if (kept := cache.get(key)) is None:
        kept = _measured(study)
        cache.set(key, kept, timeout=None)
    return kept or None


def _measured(study: Study) -> Basis | bool:
    """By the first criterion and the first two conditions of the table; False where votes tell too little."""
    conditions, criterion = list(study.conditions.all()[:2]), study.criteria.first()
    votes = Vote.objects.filter(trial__in=Trial.objects.of(study, rehearsal=False).counted(), criterion=criterion)
    fields = ("trial__comparison__together", "trial__comparison", "trial__worker", "condition")
    rows = [row[1:] for row in votes.values_list(*fields) if {"0", "1"} <= set(row[0].split(","))]
    if not rows or len(conditions) < 2:
        return False
    comparison, worker, chosen = (np.array([row[column] or 0 for row in rows], np.int64) for column in range(3))
    scores = (chosen == conditions[0].pk).astype(np.float64) - (chosen == conditions[1].pk)
    try:
        pilot: Pilot = measured(scores, comparison, worker)
    except BadPlan:
        return False
    return Basis(study.name, float(np.mean(chosen == 0)), pilot.correlations)
