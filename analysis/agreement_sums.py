"""Sums over comparisons, from which coefficients of agreement are computed, and comparisons drawn anew."""

from dataclasses import dataclass

import numpy as np

from analysis.study_votes import BoolArray, FloatArray, IntArray, joined

SLACK = 5  # standard deviations of the number of items
SEVERAL = 2  # votes that can agree


@dataclass(frozen=True, eq=False)
class Kinds:
    """Items (comparisons) whose votes are alike, together: a coefficient cannot tell them apart.

    counts: votes for each category, shape (kinds, categories). times: items of the kind, and of_set: the set of categories that
    its votes could go to, shape (kinds,). categories: how many there are in each set, shape (sets,).
    """

    counts: FloatArray
    times: IntArray
    of_set: IntArray
    categories: IntArray


@dataclass(frozen=True, eq=False)
class Sums:
    """Sums over items, all that the coefficients are computed from; of a set, over the items with the same categories.

    Shapes: (…), of sets (…, sets), of their categories (…, sets, categories).
    """

    several: FloatArray  # items with at least two votes
    pairs_alike: FloatArray  # their shares of pairs of votes that are alike
    votes_alike: FloatArray  # the same, times the votes of the item
    votes: FloatArray  # their votes, of sets and categories
    items: FloatArray  # items with any votes, of sets
    shares: FloatArray  # their shares of votes, of sets and categories
    categories: IntArray  # how many, shape (sets,)


def kinds_of(counts: IntArray, could: BoolArray | None = None) -> Kinds:
    """Items without votes are left out. Neither the order of items nor that of categories matters; as of `alpha`."""
    could = np.ones(counts.shape, np.bool_) if could is None else could
    voted = counts.sum(axis=1) > 0
    known = np.where(could, counts, -1)[voted]
    columns = np.ascontiguousarray(known[:, np.lexsort(((known**2).sum(axis=0), known.sum(axis=0)))].T)
    kind = joined(*(columns + 1))  # codes from 0
    one_of_each = np.zeros(kind.max(initial=-1) + 1, np.int64)
    one_of_each[kind] = range(len(kind))
    order = np.lexsort(columns[:, one_of_each])
    alike = columns[:, one_of_each[order]].T
    sets, of_set = np.unique(alike >= 0, axis=0, return_inverse=True)
    return Kinds(alike.clip(0).astype(np.float64), np.bincount(kind)[order], of_set, sets.sum(axis=1))


def drawn(times: IntArray, resamples: int, rng: np.random.Generator) -> IntArray:
    """How often each kind comes up in as many draws as there are items, shape (resamples, kinds).

    Poisson counts that sum to N are those of N draws, and take one number for each kind; the few draws that N lacks follow
    one by one. All of them do where N is too large, once in millions.
    """
    items, kinds = int(times.sum()), len(times)
    counts = rng.poisson(times * max(1 - SLACK / items**0.5, 0), (resamples, kinds))
    counts[counts.sum(axis=1) > items] = 0
    row = np.repeat(np.arange(resamples), items - counts.sum(axis=1))
    kind = np.repeat(np.arange(kinds), times)[rng.integers(items, size=len(row))]
    return counts + np.bincount(row * kinds + kind, minlength=counts.size).reshape(counts.shape)


def sums_of(kinds: Kinds, times: IntArray) -> Sums:
    """times: how often each kind is there, shape (…, kinds)."""
    votes = kinds.counts.sum(axis=1)
    several = (votes >= SEVERAL).astype(np.float64)
    alike = ratio((kinds.counts * (kinds.counts - 1)).sum(axis=1), votes * (votes - 1), 0.0)
    often = times.astype(np.float64)
    return Sums(
        several=often @ several,
        pairs_alike=often @ alike,
        votes_alike=often @ (alike * votes),
        votes=_by_set(often, kinds, kinds.counts * several[:, None]),
        items=_by_set(often, kinds, np.ones((len(votes), 1)))[..., 0],
        shares=_by_set(often, kinds, kinds.counts / votes[:, None]),
        categories=kinds.categories,
    )


def _by_set(often: FloatArray, kinds: Kinds, columns: FloatArray) -> FloatArray:
    """Sums of each column over the items of each set, shape (…, sets, columns)."""
    summed = np.zeros((*often.shape[:-1], len(kinds.categories), columns.shape[1]))
    for number in range(len(kinds.categories)):
        members = kinds.of_set == number
        summed[..., number, :] = often[..., members] @ columns[members]
    return summed


def ratio(upper: FloatArray, lower: FloatArray | IntArray, undefined: float = np.nan) -> FloatArray:
    """upper / lower; undefined where lower is 0 (or is itself undefined)."""
    upper, lower = np.broadcast_arrays(upper, lower)
    quotient: FloatArray = np.divide(upper, lower, out=np.full(upper.shape, undefined), where=lower > 0)
    return quotient
