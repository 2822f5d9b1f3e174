"""The multinomial logit likelihood of choices out of sets, and its maximum for many tables of counts at once.

McFadden, "Conditional Logit Analysis of Qualitative Choice Behavior" (1974). Its logarithm is concave, so Newton's steps,
halved where they do not climb, lead to the one maximum; they are taken for all tables together. When a step is small enough
to climb for sure: Bach, "Self-Concordant Analysis for Logistic Regression" (2010).
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from analysis.study_votes import FloatArray, IntArray

MOST_STEPS = 200
SURE_STEP = 0.5  # utilities change by r ≤ 1.5 against each other, and (eʳ − r − 1) / r² < 1: it climbs (Bach, prop. 1)
SMALL_STEP = 1e-9  # in a logarithm; the next step of Newton's would be about its square
TABLES_AT_ONCE = 500  # bounds the memory: studies in pairs of many conditions have hundreds of outcomes


@dataclass(frozen=True, eq=False)
class Choices:
    """What can be chosen: the set that each outcome is chosen from, from 0, and how its utility is made of the parameters.

    chosen_from: shape (outcomes,), in rising order, no set left out. features: shape (outcomes, parameters).
    """

    chosen_from: IntArray
    features: FloatArray

    @cached_property
    def starts(self) -> IntArray:
        """Where each set's outcomes begin, shape (sets,)."""
        return np.flatnonzero(np.diff(self.chosen_from, prepend=-1))

    @cached_property
    def is_of_set(self) -> FloatArray:
        """1 where the outcome is one of the set, shape (outcomes, sets)."""
        return np.asarray(self.chosen_from[:, None] == np.arange(len(self.starts)), np.float64)

    @cached_property
    def is_of_same_set(self) -> FloatArray:
        """1 where both outcomes are of one set, shape (outcomes, outcomes)."""
        return np.asarray(self.is_of_set @ self.is_of_set.T)

    @cached_property
    def squares(self) -> FloatArray:
        """Products of features, shape (outcomes, parameters²)."""
        return (self.features[:, :, None] * self.features[:, None, :]).reshape(len(self.features), -1)

    @cached_property
    def by_set(self) -> FloatArray:
        """The features where the outcome is one of the set, else 0, shape (outcomes, sets × parameters)."""
        return (self.is_of_set[:, :, None] * self.features[:, None, :]).reshape(len(self.features), -1)

    @cached_property
    def idle(self) -> FloatArray:
        """The projection on directions of the parameters that change no probability, shape (parameters, parameters)."""
        means = (self.is_of_set.T @ self.features) / self.is_of_set.sum(axis=0)[:, None]
        centred = self.features - means[self.chosen_from]
        return np.asarray(np.eye(centred.shape[1]) - np.linalg.pinv(centred) @ centred)


def most_likely(counts: FloatArray, choices: Choices, start: FloatArray) -> FloatArray:
    """The parameters under which the counts are most likely, shape (tables, parameters).

    counts: shape (tables, outcomes). start: shape (tables, parameters). Where only differences of parameters matter, their sum
    stays that of the start. The maximum must exist, which is for the caller to see to.
    """
    tables = range(0, len(counts), TABLES_AT_ONCE)
    found = [_climbed(counts[at : at + TABLES_AT_ONCE], choices, start[at : at + TABLES_AT_ONCE]) for at in tables]
    return np.concatenate([start[:0], *found])


def log_likelihood(parameters: FloatArray, counts: FloatArray, choices: Choices) -> FloatArray:
    """Of counts under parameters, without the constant that counts the orders of votes, shape (tables,)."""
    utility = parameters @ choices.features.T
    return np.asarray((counts * (utility - _log_sums(utility, choices))).sum(axis=1))


def _climbed(counts: FloatArray, choices: Choices, parameters: FloatArray) -> FloatArray:
    weights = counts / counts.sum(axis=1, keepdims=True)  # so that what is small is so for few votes and for many
    parameters, moving = parameters.copy(), np.arange(len(counts))
    for _ in range(MOST_STEPS):
        step = _newton_step(parameters[moving], weights[moving], choices)
        parameters[moving] += _halved(step, parameters[moving], weights[moving], choices)
        moving = moving[np.abs(step).max(axis=1, initial=0) > SMALL_STEP]
        if not len(moving):
            break
    return parameters


def _newton_step(parameters: FloatArray, weights: FloatArray, choices: Choices) -> FloatArray:
    """The gradient over the information; the information of directions that change no probability is taken as 1."""
    size = choices.features.shape[1]
    utility = parameters @ choices.features.T
    expected = np.exp(utility - _log_sums(utility, choices)) * (weights @ choices.is_of_same_set)
    totals = weights @ choices.is_of_set
    means = (expected @ choices.by_set).reshape(len(weights), -1, size)
    of_means = means.transpose(0, 2, 1) @ (means / np.where(totals > 0, totals, 1)[:, :, None])
    information = (expected @ choices.squares).reshape(-1, size, size) - of_means
    gradient = (weights - expected) @ choices.features
    return np.asarray(np.linalg.solve(information + choices.idle, gradient[:, :, None])[:, :, 0], np.float64)


def _halved(step: FloatArray, parameters: FloatArray, weights: FloatArray, choices: Choices) -> FloatArray:
    """The steps, each halved until it climbs."""
    step, unsure = step.copy(), np.flatnonzero(np.abs(step).max(axis=1, initial=0) > SURE_STEP)
    before = log_likelihood(parameters[unsure], weights[unsure], choices)
    while len(unsure):
        falls = log_likelihood(parameters[unsure] + step[unsure], weights[unsure], choices) < before
        step[unsure[falls]] /= 2
        still = falls & (np.abs(step[unsure]).max(axis=1) > SURE_STEP)
        unsure, before = unsure[still], before[still]
    return step


def _log_sums(utility: FloatArray, choices: Choices) -> FloatArray:
    """The logarithm of the sum of the exponentials in each outcome's set, shape (tables, outcomes)."""
    highest = np.maximum.reduceat(utility, choices.starts, axis=1)[:, choices.chosen_from]
    return np.asarray(highest + np.log(np.exp(utility - highest) @ choices.is_of_same_set))
