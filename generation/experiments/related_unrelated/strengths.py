"""λ_t of DNG, step by step: how strongly it leads away from either negative (Koulischer et al., ICLR 2025, Figs 5b, 12)."""

from dataclasses import dataclass

import numpy as np

from generation.experiments.related_unrelated.scores import Floats

SPREAD = (10, 90)  # percentiles over the images


@dataclass(frozen=True)
class Strength:
    """λ_t of one negative over the images: the mean at each step, and percentiles of SPREAD."""

    mean: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]


@dataclass(frozen=True)
class Strengths:
    """λ_t of both negatives, from the noisiest step to the last.

    timesteps: of the steps; np_scale: the constant λ that NP has in its place. orders: log₁₀ of the related mean over the
    unrelated one, averaged over the steps after the first, at which both are λ₀ p₀/(1 − p₀); orders_last: at the last step.
    """

    timesteps: tuple[float, ...]
    np_scale: float
    related: Strength
    unrelated: Strength
    orders: float
    orders_last: float


def strengths(timesteps: tuple[float, ...], np_scale: float, related: Floats, unrelated: Floats) -> Strengths:
    """The curves of a prompt. related, unrelated: λ_t of every image, shape (seeds, steps), above 0."""
    orders = np.log10(related.mean(axis=0) / unrelated.mean(axis=0))
    return Strengths(timesteps, np_scale, _strength(related), _strength(unrelated), float(orders[1:].mean()), float(orders[-1]))


def _strength(values: Floats) -> Strength:
    low, high = np.percentile(values, SPREAD, axis=0)
    return Strength(tuple(values.mean(axis=0).tolist()), tuple(low.tolist()), tuple(high.tolist()))
