"""Shares of a study's votes with intervals, by prompt set and criterion."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import product

from django.db.models import Count
from django.utils.safestring import SafeString
from scipy.stats import binomtest

from analysis.judges import NO_CLEAR_WINNER_ROW
from analysis.tally import Share
from analysis.web.charts import interval
from studies.models import Study, Trial

Choice = tuple[str, int | None]  # the rows of the table that were shown together, and the condition that was chosen


@dataclass(frozen=True)
class Line:
    """One option's share of the votes that could have been its own, in per cent, with the ends of its 95 % interval."""

    option: str
    votes: int
    total: int
    percent: Decimal
    low: float
    high: float

    def chart(self) -> SafeString:
        between = f"From {self.low:.1f} to {self.high:.1f} %."
        return interval(f"{self.percent} %", between, float(self.percent), self.low, self.high)


@dataclass(frozen=True)
class Cell:
    """The votes on one criterion in one prompt set; no lines where nobody voted."""

    prompt_set: str
    criterion: str
    total: int
    lines: tuple[Line, ...]


def wilson(votes: int, total: int) -> tuple[float, float]:
    """The 95 % interval of a share, in per cent, as Wilson (1927) has it. Votes are taken as independent."""
    ends = binomtest(votes, total).proportion_ci(0.95, method="wilson")
    return 100 * ends.low, 100 * ends.high


def cells_of(study: Study, *, rehearsal: bool) -> list[Cell]:
    """Every prompt set and criterion of a study, in the order of its design, with what the study's tables count."""
    prompt_sets = study.prompt_sets.values_list("prompt_set", "prompt_set__name")
    heads = list(product(prompt_sets, study.criteria.values_list("pk", "name")))
    options = [(None, NO_CLEAR_WINNER_ROW), *study.conditions.values_list("pk", "printed_name")]
    counted = _counted(study, rehearsal)
    return [
        _cell(prompt_set, criterion, options, counted[prompt_set_pk, criterion_pk])
        for (prompt_set_pk, prompt_set), (criterion_pk, criterion) in heads
    ]


def _counted(study: Study, rehearsal: bool) -> defaultdict[tuple[int, int], Counter[Choice]]:
    """How many votes there are for each choice, by prompt set and criterion, counted in the database."""
    trials = Trial.objects.of(study, rehearsal=rehearsal).counted().order_by()
    votes = trials.values_list(
        "comparison__prompt__prompt_set", "votes__criterion", "comparison__together", "votes__condition"
    ).annotate(number=Count("votes"))
    counted: defaultdict[tuple[int, int], Counter[Choice]] = defaultdict(Counter)
    for prompt_set, criterion, together, condition, number in votes:
        if number:  # not where a trial was answered without a vote
            counted[prompt_set, criterion][together, condition] = number
    return counted


def _cell(prompt_set: str, criterion: str, options: Sequence[tuple[int | None, str]], counted: Counter[Choice]) -> Cell:
    lines = (_line(row, pk, name, counted) for row, (pk, name) in enumerate(options, start=-1))
    return Cell(prompt_set, criterion, counted.total(), tuple(line for line in lines if line))


def _line(row: int, pk: int | None, name: str, counted: Counter[Choice]) -> Line | None:
    """The share of a condition, given by its row of the table, or of no clear winner; None where no vote could be its own."""
    total = sum(number for (together, _), number in counted.items() if pk is None or str(row) in together.split(","))
    votes = sum(number for (_, condition), number in counted.items() if condition == pk)
    percent = Share(votes, total, best=False).percent
    return None if percent is None else Line(name, votes, total, percent, *wilson(votes, total))
