"""The conditional logit of McFadden, "Conditional logit analysis of qualitative choice behavior", 1974, on grouped choices."""

from dataclasses import dataclass

import numpy as np
from scipy.special import log_softmax

from analysis.study_votes import BoolArray, FloatArray

MOST_STEPS = 60  # Newton's needs five or so; a coefficient on its way to infinity gains about 1 with each
CONVERGED = 1e-10
FLAT = 1e-9  # curvature for each choice: what is flatter is not identified, or at infinity


@dataclass(frozen=True, eq=False)
class Choices:
    """Choices of each pattern: those with the same alternatives.

    terms: what each coefficient adds to each alternative's utility, shape (patterns, alternatives, coefficients).
    offered: which alternatives there are, shape (patterns, alternatives). chosen: how often, the same shape.
    """

    terms: FloatArray
    offered: BoolArray
    chosen: FloatArray


@dataclass(frozen=True, eq=False)
class Fit:
    """estimate: shape (coefficients,), NaN where the choices do not tell it. inverse: of the information, over those told.

    scores: the gradient that one choice of each alternative adds, shape (patterns, alternatives, coefficients).
    """

    estimate: FloatArray
    inverse: FloatArray
    scores: FloatArray


def fit(choices: Choices) -> Fit:
    """The greatest likelihood, by Newton's method from 0 within the directions in which the likelihood is curved."""
    estimate = np.zeros(choices.terms.shape[2])
    for _ in range(MOST_STEPS):
        scores, information = _slopes(choices, estimate)
        gradient = np.einsum("pa,pac->c", choices.chosen, scores)
        step = _inverse(information, choices)[0] @ gradient
        estimate = estimate + _uphill(choices, estimate, step)
        if np.abs(step).max(initial=0.0) < CONVERGED:
            break
    scores, information = _slopes(choices, estimate)
    inverse, told = _inverse(information, choices)
    return Fit(np.where(told, estimate, np.nan), inverse, scores)


def identified(choices: Choices) -> int:
    """How many combinations of coefficients the choices can tell, were all alternatives chosen."""
    information = _slopes(choices, np.zeros(choices.terms.shape[2]))[1]
    return int(np.linalg.matrix_rank(information, hermitian=True))


def _log_probabilities(choices: Choices, estimate: FloatArray) -> FloatArray:
    utility = np.where(choices.offered, choices.terms @ estimate, -np.inf)
    return np.asarray(log_softmax(utility, axis=1), np.float64)


def _slopes(choices: Choices, estimate: FloatArray) -> tuple[FloatArray, FloatArray]:
    """The scores as in Fit, and the information: the log-likelihood's negative second derivative."""
    probability = np.exp(_log_probabilities(choices, estimate))
    scores = choices.terms - np.einsum("pa,pac->pc", probability, choices.terms)[:, None]
    weight = probability * choices.chosen.sum(axis=1, keepdims=True)
    return scores, np.einsum("pa,pac,pad->cd", weight, scores, scores, optimize=True)


def _log_likelihood(choices: Choices, estimate: FloatArray) -> float:
    chosen = choices.chosen > 0
    return float(choices.chosen[chosen] @ _log_probabilities(choices, estimate)[chosen])


def _uphill(choices: Choices, estimate: FloatArray, step: FloatArray) -> FloatArray:
    """The step, halved until it does not lead down; the likelihood is concave."""
    here = _log_likelihood(choices, estimate)
    while _log_likelihood(choices, estimate + step) < here and np.abs(step).max() >= CONVERGED:
        step = step / 2
    return step


def _inverse(information: FloatArray, choices: Choices) -> tuple[FloatArray, BoolArray]:
    """The inverse where the likelihood is curved, 0 where it is flat, and which coefficients have no part in what is flat."""
    curvature, direction = np.linalg.eigh(information)
    curved = curvature > FLAT * max(choices.chosen.sum(), 1)
    inverse: FloatArray = (direction[:, curved] / curvature[curved]) @ direction[:, curved].T
    told: BoolArray = (direction[:, ~curved] ** 2).sum(axis=1) < FLAT
    return inverse, told
