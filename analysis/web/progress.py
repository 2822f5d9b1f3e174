"""How far a study has come: votes by comparison, by prompt set; counted in the database."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import Count, Q
from django.utils.safestring import SafeString

from analysis.web.charts import bars, filled
from studies.models import Comparison, Study, Trial


class Filling(NamedTuple):
    """One comparison: its prompt set, the trials answered and open now."""

    pk: int
    prompt_set: str
    done: int
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
    """A study's comparisons as they are filled; `wanted` trials each."""

    fillings: Sequence[Filling]
    wanted: int

    @property
    def done(self) -> int:
        return sum(filling.done for filling in self.fillings)

    @property
    def total(self) -> int:
        return self.wanted * len(self.fillings)

    @property
    def missing(self) -> int:
        """How many trials are still wanted; a comparison may have more than it needs, where a worker was reinstated."""
        return sum(max(0, self.wanted - filling.done) for filling in self.fillings)

    @property
    def full(self) -> int:
        """How many comparisons have all their votes."""
        return sum(filling.done >= self.wanted for filling in self.fillings)

    def histogram(self) -> list[tuple[int, int]]:
        """Each number of trials answered, from 0 to those wanted or more, and how many comparisons have so many."""
        counted = Counter(filling.done for filling in self.fillings)
        return [(number, counted[number]) for number in range(max([self.wanted, *counted]) + 1)]

    def prompt_sets(self) -> list[PromptSet]:
        """By name."""
        return [self._prompt_set(name) for name in sorted({filling.prompt_set for filling in self.fillings})]

    def _prompt_set(self, name: str) -> PromptSet:
        own = [filling for filling in self.fillings if filling.prompt_set == name]
        done, waiting = sum(filling.done for filling in own), sum(filling.waiting for filling in own)
        return PromptSet(name, len(own), done, waiting, self.wanted * len(own))

    def chart(self) -> SafeString:
        rows = self.histogram()
        return bars(
            "Comparisons by number of votes",
            f"{self.full} of {len(self.fillings)} comparisons have all {self.wanted} votes.",
            [str(number) for number, _ in rows],
            [comparisons for _, comparisons in rows],
        )


def progress_of(study: Study, *, rehearsal: bool) -> Progress:
    """How the study's comparisons are filled: one query, one row for each comparison."""
    of_kind = Q(trials__kind=Trial.Kind.VOTE, trials__session__rehearsal=rehearsal)
    done = Count("trials", filter=of_kind & Q(trials__state=Trial.State.DONE))
    waiting = Count("trials", filter=of_kind & Q(trials__state=Trial.State.OPEN))
    comparisons = Comparison.objects.filter(study=study).wanted().order_by("pk")
    counted = comparisons.annotate(done=done, waiting=waiting)
    rows = counted.values_list("pk", "prompt__prompt_set__name", "done", "waiting")
    return Progress([Filling(*row) for row in rows], study.votes_wanted)
