"""The true answers and each worker's errors, estimated from votes alone.

Dawid & Skene, "Maximum likelihood estimation of observer error-rates using the EM algorithm", Applied Statistics 28, 1979.
"""

from dataclasses import dataclass
from functools import reduce

import numpy as np
from scipy.sparse import csr_array

from analysis.study_votes import BoolArray, FloatArray, IntArray

TINY = np.finfo(np.float64).tiny  # in place of a chance of 0, which has no logarithm


@dataclass(frozen=True, eq=False)
class DawidSkene:
    """The estimate, and how the log-likelihood grew on the way to it; no step makes it smaller.

    priors: how often each option is the true one, shape (options,). answers: the chance that a worker answers an option where
    another is true, shape (workers, true options, options), the same for all options where the worker met no such item.
    truth: the chance that an option is the true one of an item, shape (items, options).
    """

    priors: FloatArray
    answers: FloatArray
    truth: FloatArray
    log_likelihoods: tuple[float, ...]


def dawid_skene(
    item: IntArray,
    worker: IntArray,
    option: IntArray,
    options: int,
    *,
    could: BoolArray | None = None,
    iterations: int = 100,
    tolerance: float = 1e-7,
) -> DawidSkene:
    """Expectation maximization from the shares of votes until the log-likelihood grows by less than tolerance times itself.

    item, worker, option: codes of each vote from 0, shape (votes,), at least one vote, and one on each item. could: which
    options can be an item's true one, shape (items, options); all if left out. Their equations 2.3 to 2.5.
    """
    votes, items = _by_item_and_answer(item, worker, option, options), int(item.max()) + 1
    by_answer = votes.T.tocsr()
    possible = 0.0 if could is None else np.where(could, 0.0, -np.inf)
    truth = _shares(item, option, items, options)
    log_likelihoods: list[float] = []
    for _ in range(iterations):
        priors, answers = np.ones(items) @ truth / items, _answers(by_answer @ truth, options)
        chances = votes @ _log(answers).swapaxes(1, 2).reshape(-1, options) + _log(priors) + possible
        truth, log_likelihood = _normalized(chances)
        log_likelihoods.append(log_likelihood)
        if len(log_likelihoods) > 1 and log_likelihood - log_likelihoods[-2] < tolerance * abs(log_likelihood):
            break
    return DawidSkene(priors, answers, truth, tuple(log_likelihoods))


def _by_item_and_answer(item: IntArray, worker: IntArray, option: IntArray, options: int) -> csr_array:
    """How often each worker answers each option on each item, shape (items, workers × options)."""
    shape = (int(item.max()) + 1, (int(worker.max()) + 1) * options)
    return csr_array((np.ones(len(item)), (item, worker * options + option)), shape)


def _shares(item: IntArray, option: IntArray, items: int, options: int) -> FloatArray:
    counts = np.bincount(item * options + option, minlength=items * options).reshape(items, options)
    return np.asarray(counts / counts.sum(axis=1, keepdims=True))


def _answers(votes: FloatArray, options: int) -> FloatArray:
    """Error rates of each worker, shape (workers, true options, options).

    votes: expected votes of each worker and option where each option is true, shape (workers × options, true options).
    """
    answered = votes.reshape(-1, options, options).swapaxes(1, 2)
    met = answered.sum(axis=2, keepdims=True)
    return np.asarray(np.divide(answered, met, out=np.full(answered.shape, 1 / options), where=met > 0))


def _normalized(logs: FloatArray) -> tuple[FloatArray, float]:
    """Chances in proportion to the exponentials of each row, and the sum of the logarithms of what the rows summed to.

    Columns are taken one by one: numpy is slow along short rows.
    """
    most = reduce(np.maximum, logs.T)
    chances = np.exp(logs - most[:, None])
    sums = chances @ np.ones(logs.shape[1])
    return chances / sums[:, None], float(most.sum() + np.log(sums).sum())


def _log(chances: FloatArray) -> FloatArray:
    return np.asarray(np.log(np.maximum(chances, TINY)))
