"""How each worker votes: right on gold trials, alike on repeats, quick, always one position, always no clear winner.

The same measures as studies/quality.py takes of a worker's answers, counted in the database, as a page that is read again
every half a minute cannot fetch every vote of a large study. A test holds the two together. Excluded answers count too: they
are what a decision is taken on, and taken back.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from statistics import median

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, TextField
from django.db.models.functions import Cast

from studies.durations import seconds
from studies.models import Study, Trial, Vote, Worker

TIMES = ("visible_seconds", "shown_at", "answered_at")
ANSWERED = (Trial.State.DONE, Trial.State.EXCLUDED)


@dataclass
class Tally:
    """How many votes there are, and how many of them are so."""

    so: int = 0
    total: int = 0

    @property
    def percent(self) -> float | None:
        """None where there are no votes."""
        return 100 * self.so / self.total if self.total else None


@dataclass
class Measures:
    """One worker's answers; `positions` counts chosen positions from 0, `seconds_each` holds a number for each trial."""

    gold: Tally = field(default_factory=Tally)
    repeats: Tally = field(default_factory=Tally)
    ties: Tally = field(default_factory=Tally)
    positions: Counter[int] = field(default_factory=Counter)
    seconds_each: list[float] = field(default_factory=list)

    @property
    def seconds(self) -> float | None:
        """The median time of a trial."""
        return median(self.seconds_each) if self.seconds_each else None

    @property
    def same_position(self) -> float | None:
        """The share of the position chosen most often, in per cent of all votes."""
        return Tally(max(self.positions.values(), default=0), self.ties.total).percent


Taken = defaultdict[int, Measures]  # by worker


class Measure(Enum):
    """What is measured; each is a query or two."""

    GOLD = auto()
    REPEATS = auto()
    SECONDS = auto()
    CHOICES = auto()


def measures_of(
    study: Study, *, rehearsal: bool, workers: Collection[Worker] | None = None, measures: Iterable[Measure] = Measure
) -> Mapping[int, Measures]:
    """By worker; five queries at most, whatever the number of votes. workers: of these alone."""
    trials = Trial.objects.of(study, rehearsal=rehearsal).filter(state__in=ANSWERED)
    if workers is not None:
        trials = trials.filter(worker__in=workers)
    taken: defaultdict[int, Measures] = defaultdict(Measures)
    for measure in measures:
        TAKEN_BY[measure](trials, taken)
    return taken


def _take_gold(trials: QuerySet[Trial], taken: Taken) -> None:
    for worker, right, total in _gold(trials):
        taken[worker].gold = Tally(right, total)


def _take_repeats(trials: QuerySet[Trial], taken: Taken) -> None:
    for worker, alike, total in _repeats(trials):
        taken[worker].repeats = Tally(alike, total)


def _take_seconds(trials: QuerySet[Trial], taken: Taken) -> None:
    for worker, took in _seconds(trials):
        taken[worker].seconds_each.append(took)


def _take_choices(trials: QuerySet[Trial], taken: Taken) -> None:
    positions: dict[str, list[int]] = {}  # few texts, each of which is read once
    for worker, text, chosen, number in _choices(trials):
        if text not in positions:
            positions[text] = json.loads(text)
        taken[worker].ties.total += number
        if chosen is None:
            taken[worker].ties.so += number
        else:
            taken[worker].positions[positions[text].index(chosen)] += number


TAKEN_BY: Mapping[Measure, Callable[[QuerySet[Trial], Taken], None]] = {
    Measure.GOLD: _take_gold,
    Measure.REPEATS: _take_repeats,
    Measure.SECONDS: _take_seconds,
    Measure.CHOICES: _take_choices,
}


def _gold(trials: QuerySet[Trial]) -> Iterable[tuple[int, int, int]]:
    """Each worker's votes on gold trials, the right ones and all, on the criteria that a gold trial can judge."""
    votes = Vote.objects.filter(trial__in=trials.filter(kind=Trial.Kind.GOLD), criterion__has_gold_answer=True)
    right = Count("pk", filter=Q(condition=F("trial__comparison__gold_answer")))
    return votes.order_by().values_list("trial__worker").annotate(right=right, total=Count("pk"))


def _repeats(trials: QuerySet[Trial]) -> Iterable[tuple[int, int, int]]:
    """Each worker's votes on repeats, those alike the first time and all."""
    first = Vote.objects.filter(trial=OuterRef("trial__repeats"), criterion=OuterRef("criterion"))
    votes = Vote.objects.filter(trial__in=trials.filter(kind=Trial.Kind.REPEAT), trial__repeats__state__in=ANSWERED)
    votes = votes.annotate(first=Subquery(first.values("condition")[:1]))
    alike = Count("pk", filter=Q(condition=F("first")) | Q(condition=None, first=None))
    return votes.order_by().values_list("trial__worker").annotate(alike=alike, total=Count("pk"))


def _seconds(trials: QuerySet[Trial]) -> Iterator[tuple[int, float]]:
    """How long each real trial took: while its page could be seen, where the browser told, else by the clock."""
    real = trials.filter(kind=Trial.Kind.VOTE).order_by()
    for worker, visible in real.exclude(visible_seconds=None).values_list("worker", "visible_seconds"):
        yield worker, visible or 0.0
    for worker, *times in real.filter(visible_seconds=None).values_list("worker", *TIMES):
        yield worker, seconds(*times)


def _choices(trials: QuerySet[Trial]) -> Iterable[tuple[int, str, int | None, int]]:
    """Each worker's votes by shown order and chosen condition: few rows for each worker, as there are few orders."""
    votes = Vote.objects.filter(trial__in=trials.filter(kind=Trial.Kind.VOTE))
    shown = votes.order_by().annotate(shown=Cast("trial__shown", TextField()))
    return shown.values_list("trial__worker", "shown", "condition").annotate(number=Count("pk"))
