"""How far a study has come: votes by comparison, by prompt set; counted in the database, in as few rows as the page shows."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Count, F, Q, Value
from django.utils.safestring import SafeString

from analysis.web.charts import bars, filled
from generation.models import Prompt
from studies.models import Study, Trial

SET = F("comparison__prompt__prompt_set")


class Level(NamedTuple):
    """The comparisons of a prompt set that have as many trials answered; waiting: trials of theirs that are open now."""

    prompt_set: str
    done: int
    comparisons: int
    waiting: int


@dataclass(frozen=True)
class PromptSet:
    """The trials of one prompt set."""

    name: str
    comparisons: int
    done: int
    waiting: int
    wanted: int

    def chart(self) -> SafeString:
        return filled(f"{self.done} of {self.wanted} trials", self.done, self.waiting, self.wanted)


@dataclass(frozen=True)
class Progress:
    """A study's comparisons as they are filled, each in one level; `wanted` trials each."""

    levels: Sequence[Level]
    wanted: int

    @property
    def comparisons(self) -> int:
        return sum(level.comparisons for level in self.levels)

    @property
    def done(self) -> int:
        return sum(level.done * level.comparisons for level in self.levels)

    @property
    def total(self) -> int:
        return self.wanted * self.comparisons

    @property
    def missing(self) -> int:
        """How many trials are still wanted; a comparison may have more than it needs, where a worker was reinstated."""
        return sum(max(0, self.wanted - level.done) * level.comparisons for level in self.levels)

    @property
    def full(self) -> int:
        """How many comparisons have all their votes."""
        return sum(level.comparisons for level in self.levels if level.done >= self.wanted)

    def histogram(self) -> list[tuple[int, int]]:
        """Each number of trials answered, from 0 to those wanted or more, and how many comparisons have so many."""
        counted: Counter[int] = Counter()
        for level in self.levels:
            counted[level.done] += level.comparisons
        return [(number, counted[number]) for number in range(max([self.wanted, *counted]) + 1)]

    def prompt_sets(self) -> list[PromptSet]:
        """By name."""
        return [self._prompt_set(name) for name in sorted({level.prompt_set for level in self.levels})]

    def _prompt_set(self, name: str) -> PromptSet:
        own = Progress([level for level in self.levels if level.prompt_set == name], self.wanted)
        return PromptSet(name, own.comparisons, own.done, sum(level.waiting for level in own.levels), own.total)

    def chart(self) -> SafeString:
        rows = self.histogram()
        return bars(
            "Comparisons by number of votes",
            f"{self.full} of {self.comparisons} comparisons have all {self.wanted} votes.",
            [str(number) for number, _ in rows],
            [comparisons for _, comparisons in rows],
        )


def progress_of(study: Study, *, rehearsal: bool) -> Progress:
    """How the study's comparisons are filled: four queries, whatever the number of comparisons."""
    names = dict(study.prompt_sets.values_list("prompt_set", "prompt_set__name"))
    levels = [Level(names[prompt_set], *counted) for prompt_set, *counted in _touched(study, rehearsal, SET)]
    touched: Counter[str] = Counter()
    for level in levels:
        touched[level.prompt_set] += level.comparisons
    untouched = [
        Level(name, 0, comparisons - touched[name], 0)
        for name, comparisons in _comparisons(study, names)
        if comparisons > touched[name]
    ]
    return Progress([*untouched, *levels], study.votes_wanted)


def filled_comparisons(study: Study, *, rehearsal: bool) -> Any:
    """The comparisons with trials that are answered or open, with how many of either: those that nobody has are left out.

    Queries of dicts with `comparison`, `done` and `waiting`.
    """
    real = Trial.objects.of(study, rehearsal=rehearsal).real().filter(state__in=[Trial.State.DONE, Trial.State.OPEN])
    done = Count("pk", filter=Q(state=Trial.State.DONE))
    waiting = Count("pk", filter=Q(state=Trial.State.OPEN))
    return real.order_by().values("comparison").annotate(done=done, waiting=waiting)


def whole_of(study: Study, *, rehearsal: bool) -> Progress:
    """The same without telling prompt sets apart, under no name: two queries that need not look at comparisons."""
    levels = [Level("", *counted) for _, *counted in _touched(study, rehearsal, prompt_set=Value(0))]
    touched = sum(level.comparisons for level in levels)
    return Progress([Level("", 0, study.comparisons.wanted().count() - touched, 0), *levels], study.votes_wanted)


def _touched(study: Study, rehearsal: bool, prompt_set: F | Value) -> list[tuple[int, int, int, int]]:
    """By prompt set and trials answered: how many comparisons, and how many trials of theirs are open.

    Django groups once; of what a query groups already, the outer one here is all SQL that there is.
    """
    grouped = filled_comparisons(study, rehearsal=rehearsal).annotate(prompt_set=prompt_set)
    inner, parameters = grouped.values("prompt_set", "done", "waiting").query.sql_with_params()
    # No part of the inner query is anybody's words: those are parameters.
    outer = f"SELECT prompt_set, done, COUNT(*), SUM(waiting) FROM ({inner}) AS filled GROUP BY 1, 2 ORDER BY 1, 2"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(outer, parameters)
        return [(of_set, done, comparisons, int(waiting)) for of_set, done, comparisons, waiting in cursor.fetchall()]


def _comparisons(study: Study, names: dict[int, str]) -> Iterator[tuple[str, int]]:
    """How many comparisons each prompt set has: counted by prompt, which an index has in its order."""
    by_prompt = study.comparisons.wanted().order_by().values_list("prompt").annotate(number=Count("pk"))
    set_of = dict(Prompt.objects.filter(prompt_set__in=names).order_by().values_list("pk", "prompt_set"))
    counted: defaultdict[str, int] = defaultdict(int)
    for prompt, number in by_prompt:
        counted[names[set_of[prompt]]] += number
    yield from sorted(counted.items())
