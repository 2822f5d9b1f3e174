"""How each worker's votes compare with those of others on the same comparison and criterion."""

import numpy as np

from analysis.dawid_skene import dawid_skene
from analysis.single_votes import single_votes
from analysis.study_votes import BoolArray, FloatArray, IntArray, StudyVotes, joined

SEVERAL = 2  # workers whose votes count that make an answer more than one's own


def agreement_with_the_rest(votes: StudyVotes, counted: BoolArray) -> FloatArray:
    """The others' votes like a worker's own, in per cent of them, averaged over the worker's votes; shape (workers,).

    counted: which votes others are compared with, shape (votes,): excluded workers are compared too, with nobody else's
    judgement changed by them. Votes that nobody shares are left out; NaN for workers who have no others.
    """
    item = joined(votes.comparison, votes.criterion)
    others = _of_others(item, votes.worker, counted)
    alike = _of_others(joined(item, votes.option), votes.worker, counted)
    share = np.divide(alike, others, out=np.zeros(len(votes)), where=others > 0)
    return 100 * _mean(share, votes.worker, others > 0, len(votes.workers))


def reliability(votes: StudyVotes, counted: BoolArray) -> FloatArray:
    """How often a worker gives the true answer as Dawid and Skene estimate it, in per cent; shape (workers,).

    The chance that each vote's option is the true one of its comparison and criterion, averaged over the worker's votes: Σ_k
    n_k π_kk / Σ_k n_k for the n_k items of true option k that the worker is thought to have met. A worker's errors are the
    same on all criteria. Estimated from counted votes on items that two workers voted on, one vote of each; NaN for workers
    with votes on no others.
    """
    used, items = single_votes(votes.only(counted)), int(votes.comparison.max(initial=-1) + 1) * len(votes.criteria)
    several = np.bincount(_item(used), minlength=items) >= SEVERAL
    if not several.any():
        return np.full(len(votes.workers), np.nan)
    met, dense, used = several[_item(votes)], np.cumsum(several) - 1, used.only(several[_item(used)])
    item = dense[_item(used)]
    could = np.zeros((several.sum(), len(votes.options)), np.bool_)
    could[item] = used.could[used.together]
    found = dawid_skene(item, used.worker, used.option, len(votes.options), could=could)
    return 100 * _mean(found.truth[dense[_item(votes)], votes.option], votes.worker, met, len(votes.workers))


def _item(votes: StudyVotes) -> IntArray:
    """The comparison and criterion of each vote as one code, shape (votes,)."""
    return votes.comparison * len(votes.criteria) + votes.criterion


def _of_others(group: IntArray, worker: IntArray, counted: BoolArray) -> FloatArray:
    """How many counted votes of other workers are in the group of each vote, shape (votes,)."""
    own = joined(group, worker)
    return np.asarray(np.bincount(group, counted)[group] - np.bincount(own, counted)[own], np.float64)


def _mean(values: FloatArray, worker: IntArray, rows: BoolArray, workers: int) -> FloatArray:
    """The mean of some rows' values by worker, NaN without any."""
    total, number = np.bincount(worker[rows], values[rows], workers), np.bincount(worker[rows], minlength=workers)
    return np.asarray(np.divide(total, number, out=np.full(workers, np.nan), where=number > 0))
