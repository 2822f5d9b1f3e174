"""How large a study will be by its design, whatever images there are."""

from dataclasses import dataclass
from itertools import combinations
from math import ceil

from django.core.exceptions import ValidationError

from analysis.power import BadPlan, Plan
from studies.comparisons import groups_of, number_of_candidates
from studies.models import Study, StudyPromptSet
from studies.models.study import FEWEST_CONDITIONS


@dataclass(frozen=True)
class PlannedSet:
    """The comparisons of a prompt set that show the same two conditions, and who votes on them."""

    name: str
    plan: Plan


@dataclass(frozen=True)
class PlannedStudy:
    """shown: conditions shown together. tests: differences that the report adjusts over."""

    sets: tuple[PlannedSet, ...]
    shown: int
    tests: int


def planned(study: Study) -> PlannedStudy | None:
    """None as long as nothing can be compared. Prompt sets too small for a test are left out.

    Every worker is taken to come once, and to answer a whole session.
    """
    conditions, chosen = list(study.conditions.all()), list(study.prompt_sets.select_related("prompt_set"))
    lacks_baseline = study.design == Study.Design.BASELINE and not any(row.is_baseline for row in conditions)
    if len(conditions) < FEWEST_CONDITIONS or lacks_baseline or not study.trials_per_session:
        return None
    groups, sizes = groups_of(study, conditions), [_pairs(each) for each in chosen]
    workers = ceil(sum(sizes) * len(groups) * study.votes_wanted / study.trials_per_session)
    found = [_planned_set(each, size, study.votes_wanted, workers) for each, size in zip(chosen, sizes, strict=True)]
    sets = tuple(each for each in found if each)
    tests = len(list(combinations(conditions, 2))) * study.criteria.count() * len(sets)
    return PlannedStudy(sets, len(groups[0]), tests) if tests else None


def _pairs(chosen: StudyPromptSet) -> int:
    """How many prompts with seeds the study takes of a prompt set; none where the list of them cannot be read."""
    if chosen.selection == StudyPromptSet.Selection.DRAWN:
        return chosen.number or 0
    try:
        return number_of_candidates(chosen)
    except (ValidationError, KeyError):
        return 0


def _planned_set(chosen: StudyPromptSet, pairs: int, votes: int, workers: int) -> PlannedSet | None:
    try:
        return PlannedSet(str(chosen), Plan(pairs, votes, min(max(workers, votes, 2), max(pairs * votes, 2))))
    except BadPlan:
        return None
