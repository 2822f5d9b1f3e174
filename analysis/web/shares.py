"""Shares of a study's votes with intervals, by prompt set and criterion."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import product

import numpy as np
from django.db.models import Count
from django.utils.safestring import SafeString
from scipy.stats import binomtest

from analysis.parsing import IntArray
from analysis.tables import NO_CLEAR_WINNER_ROW
from analysis.tally import Share, tally
from analysis.web.charts import interval
from studies.models import Study, Trial, Vote


@dataclass(frozen=True)
class Line:
    """One option's share of the votes, in per cent, with the ends of its 95 % interval."""

    option: str
    votes: int
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
    votes = [[counted[prompt_set, criterion, pk] for pk, _ in options] for (prompt_set, _), (criterion, _) in heads]
    names = [name for _, name in options]
    return [
        Cell(prompt_set, criterion, cell[0].total, tuple(_lines(names, cell)))
        for ((_, prompt_set), (_, criterion)), cell in zip(heads, _tallied(np.array(votes)), strict=True)
    ]


def _tallied(votes: IntArray) -> list[list[Share]]:
    """The shares of votes that are counted already, shape (cells, options)."""
    cells, options = votes.shape
    cell, option = np.divmod(np.repeat(np.arange(votes.size), votes.ravel()), options)
    return tally(cell, option, cells, options)


def _counted(study: Study, rehearsal: bool) -> Counter[tuple[int, int, int | None]]:
    """How many votes each option has, by prompt set and criterion, counted in the database."""
    trials = Trial.objects.of(study, rehearsal=rehearsal).counted()
    votes = Vote.objects.filter(trial__in=trials).values_list("trial__comparison__prompt__prompt_set", "criterion", "condition")
    return Counter({(prompt_set, criterion, option): n for prompt_set, criterion, option, n in votes.annotate(Count("pk"))})


def _lines(names: list[str], cell: list[Share]) -> Iterator[Line]:
    for name, share in zip(names, cell, strict=True):
        if share.percent is not None:
            yield Line(name, share.votes, share.percent, *wilson(share.votes, share.total))
