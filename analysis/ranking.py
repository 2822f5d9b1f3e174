"""Worths of conditions: Davidson's model of ties, half-tie and ties dropped, over pairs and over votes on more than two."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from analysis.clustering import few_clusters_warning
from analysis.outcomes import Outcomes, counts_of
from analysis.study_votes import BoolArray, FloatArray, StudyVotes
from analysis.tally import TIE
from analysis.worths import Shown, Worths, davidson, groups, half_tie, no_ties, shown_sets

Fit = Callable[[FloatArray, FloatArray, Shown], Worths]

FITS: dict[str, Fit] = {"davidson": davidson, "half_tie": half_tie, "no_ties": no_ties}
MODELS = tuple(FITS)
SAME = 1e-9  # worths that differ by less, as a part of them, are equal but for rounding
OFTEN = 0.01  # of the resamples
FEWEST = 2  # comparisons and workers that resamples can differ by


@dataclass(frozen=True)
class Worth:
    """Of one condition on one criterion over all prompt sets; the worths of a model sum to 1. None where undefined."""

    criterion: str
    model: str
    condition: str
    worth: float | None
    low: float | None
    high: float | None
    warning: str = ""  # of few comparisons or workers


@dataclass(frozen=True)
class TieParameter:
    """Davidson's ν: how many times as probable no clear winner is as one of two conditions of equal worth. None: undefined."""

    criterion: str
    value: float | None


@dataclass(frozen=True)
class Better:
    """How probable it is that the first condition of the pair has the greater worth: its share of resamples."""

    criterion: str
    model: str
    pair: tuple[str, str]
    probability: float | None


@dataclass(frozen=True)
class Ranking:
    """All criteria in the study's order, in each the models in that of MODELS, the conditions in the order of the table."""

    worths: tuple[Worth, ...]
    tie_parameters: tuple[TieParameter, ...]
    better: tuple[Better, ...]
    warnings: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class _Tables:
    """The tables of counts of one criterion, that of the votes first and then the resamples', as far as sets were voted on.

    conditions: the codes of the conditions in these sets. wins: shape (tables, wins). ties: shape (tables, sets).
    """

    criterion: str
    conditions: list[int]
    shown: Shown
    wins: FloatArray
    ties: FloatArray

    @property
    def are_linked(self) -> bool:
        return groups(self.shown.members) == 1


def ranking(votes: StudyVotes, outcomes: Outcomes, resampled: FloatArray, level: float = 0.95) -> Ranking:
    """Worths with percentile intervals, votes of all prompt sets taken together.

    resampled: counts of outcomes in each resample, shape (resamples, prompt sets, criteria, outcomes); there may be none. They
    tell nothing of a criterion with a single comparison or worker, nor of worths that votes had to be added for.
    Conditions that were shown in no vote on a criterion have no worth there, and none has one where the conditions fall into
    groups that no vote links.
    """
    counts = np.concatenate([counts_of(votes, outcomes).sum(axis=0)[None], resampled.sum(axis=1)])
    clusters = [_clusters(votes, number) for number in range(len(votes.criteria))]
    parts = [
        _of_criterion(
            _tables(counts[: 1 if min(found) < FEWEST else None, number], outcomes, criterion), votes.conditions, level
        )
        for number, (criterion, found) in enumerate(zip(votes.criteria, clusters, strict=True))
    ]
    few = {criterion: few_clusters_warning(*found) for criterion, found in zip(votes.criteria, clusters, strict=True)}
    return Ranking(
        worths=tuple(replace(worth, warning=few[worth.criterion]) for part in parts for worth in part.worths),
        tie_parameters=tuple(value for part in parts for value in part.tie_parameters),
        better=tuple(better for part in parts for better in part.better),
        warnings=tuple(warning for part in parts for warning in part.warnings),
    )


def _clusters(votes: StudyVotes, criterion: int) -> tuple[int, int]:
    """How many comparisons and workers a criterion has."""
    rows = votes.criterion == criterion
    return int(np.count_nonzero(np.bincount(votes.pair[rows]))), int(np.count_nonzero(np.bincount(votes.worker[rows])))


def _tables(counts: FloatArray, outcomes: Outcomes, criterion: str) -> _Tables:
    """counts: shape (tables, outcomes)."""
    voted = np.bincount(outcomes.together, counts[0], len(outcomes.could)) > 0
    members = outcomes.could[voted, 1:]
    conditions, is_tie, kept = members.any(axis=0), outcomes.option == TIE, voted[outcomes.together]
    return _Tables(
        criterion,
        np.flatnonzero(conditions).tolist(),
        shown_sets(members[:, conditions]),
        counts[:, kept & ~is_tie],
        counts[:, kept & is_tie],
    )


def _of_criterion(tables: _Tables, names: tuple[str, ...], level: float) -> Ranking:
    if not len(tables.shown.members) or not tables.are_linked:
        return _undefined(tables, names)
    fits = {model: fit(tables.wins, tables.ties, tables.shown) for model, fit in FITS.items()}
    return Ranking(
        worths=tuple(worth for model, fit in fits.items() for worth in _worths(tables, model, fit, names, level)),
        tie_parameters=(TieParameter(tables.criterion, _ties(tables, fits["davidson"])),),
        better=tuple(better for model, fit in fits.items() for better in _better(tables, model, fit, names)),
        warnings=tuple(filter(None, (_warning(tables, model, fit) for model, fit in fits.items()))),
    )


def _ties(tables: _Tables, fit: Worths) -> float | None:
    """None where nothing but ties was voted for: no finite ν is the most likely one then."""
    return float(fit.ties[0]) if tables.wins[0].any() else None


def _undefined(tables: _Tables, names: tuple[str, ...]) -> Ranking:
    criterion = tables.criterion
    unlinked = f"{criterion}: no worths, because no votes link all conditions; show more pairs."
    return Ranking(
        worths=tuple(Worth(criterion, model, name, None, None, None) for model in MODELS for name in names),
        tie_parameters=(TieParameter(criterion, None),),
        better=tuple(Better(criterion, model, pair, None) for model in MODELS for pair in combinations(names, 2)),
        warnings=(unlinked,) if len(tables.shown.members) else (),
    )


def _worths(tables: _Tables, model: str, fit: Worths, names: tuple[str, ...], level: float) -> list[Worth]:
    resampled = _resampled(fit)
    ends = np.quantile(resampled, [(1 - level) / 2, (1 + level) / 2], axis=0).tolist() if len(resampled) else None
    worths = [Worth(tables.criterion, model, name, None, None, None) for name in names]
    for column, condition in enumerate(tables.conditions):
        low, high = (ends[0][column], ends[1][column]) if ends else (None, None)
        worths[condition] = Worth(tables.criterion, model, names[condition], float(fit.worth[0, column]), low, high)
    return worths


def _better(tables: _Tables, model: str, fit: Worths, names: tuple[str, ...]) -> list[Better]:
    resampled = _resampled(fit)
    columns = {condition: column for column, condition in enumerate(tables.conditions)}
    return [
        Better(tables.criterion, model, (names[first], names[second]), _probability(resampled, columns, first, second))
        for first, second in combinations(range(len(names)), 2)
    ]


def _probability(resampled: FloatArray, columns: dict[int, int], first: int, second: int) -> float | None:
    """A resample in which the two are equal counts half."""
    if not len(resampled) or first not in columns or second not in columns:
        return None
    one, other = resampled[:, columns[first]], resampled[:, columns[second]]
    equal: BoolArray = np.abs(one - other) <= SAME * np.maximum(one, other)
    return float(np.where(equal, 0.5, one > other).mean())


def _resampled(fit: Worths) -> FloatArray:
    """The worths of the resamples that drew any vote; none where those of the votes themselves needed help.

    Of a few votes by a few workers some resamples draw none.
    """
    resampled = fit.worth[1:] if not fit.helped[0] else fit.worth[:0]
    return resampled[~np.isnan(resampled).any(axis=1)]


def _warning(tables: _Tables, model: str, fit: Worths) -> str:
    """Why votes were added, if they were."""
    added = "so half a vote was added for each condition of each set that was shown together"
    if fit.helped[0]:
        return f"{tables.criterion}, {model}: some conditions always won or always lost against the others, {added}."
    helped = int(fit.helped[1:].sum())
    if helped <= OFTEN * len(fit.helped[1:]):
        return ""
    return f"{tables.criterion}, {model}: in {helped} resamples some conditions always won or always lost, {added} there."
