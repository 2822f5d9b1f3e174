"""A conditional logit with terms for conditions, no clear winner, positions and prompt sets; cluster-robust.

The utility of an image is its condition's term plus its position's. That of no clear winner is a term of the prompt set plus
the mean utility of the images shown: Davidson, "On extending the Bradley-Terry model to accommodate ties in paired comparison
experiments", Journal of the American Statistical Association 65, 1970, for two images or more. Prompt sets differ in nothing
else: what a condition is worth in each is told by its differences there.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.special import stdtr, stdtrit

from analysis.clustering import clustered_covariance, degrees_of_freedom
from analysis.conditional_logit import Choices, Fit, fit, identified
from analysis.judges import NO_CLEAR_WINNER
from analysis.study_votes import FloatArray, IntArray, StudyVotes, joined
from analysis.tally import TIE


@dataclass(frozen=True)
class Term:
    """One coefficient, in logits: e to its power multiplies the odds. None where the votes do not tell it."""

    criterion: str
    term: str
    estimate: float | None
    standard_error: float | None
    low: float | None
    high: float | None
    p: float | None


@dataclass(frozen=True, eq=False)
class _Columns:
    """Where the coefficients of each kind stand; those of the reference condition and of position 1 are always 0."""

    conditions: range
    ties: range
    positions: range


def choice_model(votes: StudyVotes, level: float = 0.95) -> tuple[Term, ...]:
    """The terms of every criterion, each fitted to its votes on all prompt sets; intervals and p of t as in `clustering`.

    Conditions are measured against the first that has a vote, positions against the first. None are the terms of conditions
    without a vote, which are left out as if not shown, of positions where they cannot be told from conditions, and whatever
    is at infinity.
    """
    return tuple(
        term
        for criterion, name in enumerate(votes.criteria)
        for term in _terms(votes.only(votes.criterion == criterion), name, level)
    )


def _terms(votes: StudyVotes, criterion: str, level: float) -> Iterator[Term]:
    columns = _columns(votes)
    has_votes = np.bincount(votes.option, minlength=len(votes.options))[1:] > 0
    reference = int(has_votes.argmax())
    pattern = joined(votes.prompt_set, votes.order)
    choices = _choices(votes, pattern, columns, reference)
    fitted = fit(choices)
    errors = _standard_errors(votes, pattern, fitted)
    degrees = degrees_of_freedom(votes.pair, votes.worker)
    for column, name in _names(votes, columns, reference):
        yield _term(criterion, name, float(fitted.estimate[column]), float(errors[column]), degrees, level)


def _columns(votes: StudyVotes) -> _Columns:
    conditions, prompt_sets = len(votes.conditions), len(votes.prompt_sets)
    ends = np.cumsum([conditions, prompt_sets, max(map(len, votes.orders))]).tolist()
    return _Columns(*(range(start, end) for start, end in zip([0, *ends], ends, strict=False)))


def _names(votes: StudyVotes, columns: _Columns, reference: int) -> Iterator[tuple[int, str]]:
    for column, condition in zip(columns.conditions, votes.conditions, strict=True):
        if column != columns.conditions[reference]:
            yield column, f"{condition} against {votes.conditions[reference]}"
    for column, prompt_set in zip(columns.ties, votes.prompt_sets, strict=True):
        yield column, f"{NO_CLEAR_WINNER} in {prompt_set}" if len(votes.prompt_sets) > 1 else NO_CLEAR_WINNER
    for number, column in enumerate(columns.positions[1:], start=2):
        yield column, f"position {number} against position 1"


def _choices(votes: StudyVotes, pattern: IntArray, columns: _Columns, reference: int) -> Choices:
    """The votes by their pattern, which is a prompt set and an order of images."""
    options = len(votes.options)
    first = np.unique(pattern, return_index=True)[1]
    chosen = np.bincount(pattern * options + votes.option, minlength=len(first) * options).reshape(-1, options)
    offered = votes.could[votes.together[first]] & (chosen.any(axis=0) | (np.arange(options) == TIE))
    terms = np.zeros((len(first), options, columns.positions.stop))
    for row, (order, prompt_set) in enumerate(zip(votes.order[first], votes.prompt_set[first], strict=True)):
        for position, condition in enumerate(votes.orders[order]):
            terms[row, condition + 1, [columns.conditions[condition], columns.positions[position]]] = 1
        terms[row, TIE, columns.ties[prompt_set]] = 1
    terms[..., [columns.conditions[reference], columns.positions[0]]] = 0
    images = terms * offered[..., None]
    images[:, TIE] = 0
    terms[:, TIE] += images.sum(axis=1) / offered[:, 1:].sum(axis=1).clip(1)[:, None]
    return _without_confounded_positions(Choices(terms, offered, chosen.astype(np.float64)), columns)


def _without_confounded_positions(choices: Choices, columns: _Columns) -> Choices:
    """The choices as they are if they tell every position they have beside the conditions, else without what positions add."""
    positions = choices.terms[..., columns.positions].any(axis=(0, 1)).sum()
    terms = choices.terms.copy()
    terms[..., columns.positions] = 0
    without = Choices(terms, choices.offered, choices.chosen)
    return choices if identified(choices) - identified(without) == positions else without


def _standard_errors(votes: StudyVotes, pattern: IntArray, fitted: Fit) -> FloatArray:
    """Two-way clustered, shape (coefficients,); NaN where undefined. The sandwich's filling are the votes' scores."""
    errors = np.full_like(fitted.estimate, np.nan)
    told = np.flatnonzero(~np.isnan(fitted.estimate))
    if not len(told) or not degrees_of_freedom(votes.pair, votes.worker):
        return errors
    influence = (fitted.scores @ fitted.inverse[:, told]).reshape(-1, len(told))
    of_votes = influence.T[:, pattern * len(votes.options) + votes.option].T
    errors[told] = np.sqrt(np.diag(clustered_covariance(of_votes, votes.pair, votes.worker)))
    return errors


def _term(criterion: str, name: str, estimate: float, error: float, degrees: int, level: float) -> Term:
    if np.isnan(estimate):
        return Term(criterion, name, None, None, None, None, None)
    if not error > 0:
        return Term(criterion, name, estimate, None, None, None, None)
    margin = float(stdtrit(degrees, (1 + level) / 2)) * error
    p = 2 * float(stdtr(degrees, -abs(estimate) / error))
    return Term(criterion, name, estimate, error, estimate - margin, estimate + margin, p)
