"""An analytic denoiser: the exact noise prediction, and the exact posterior, of a Gaussian mixture at every noise level.

Koulischer et al. (ICLR 2025), App. B: if x_0 of component k is N(m_k, s_k² I), then x_t is N(√ᾱ m_k, (ᾱ s_k² + 1 − ᾱ) I), and
ε = −√(1 − ᾱ) ∇ log p_t. Rules that run on it can be held to formulas instead of to networks.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from generation.methods.rule import Level


@dataclass(frozen=True, eq=False, kw_only=True)
class GaussianMixture:
    """A mixture with named components in float64; a text names components, with commas between, the empty text all of them.

    names: the components'. means: shape (components, dimensions). deviations, weights: shape (components,).
    """

    names: tuple[str, ...]
    means: Tensor
    deviations: Tensor
    weights: Tensor
    scheduler_config: Mapping[str, Any]
    precision: torch.dtype = torch.float64

    @property
    def device(self) -> torch.device:
        return self.means.device

    def latent_shape(self, _size: int) -> tuple[int, ...]:
        """(dimensions, 1, 1), whatever the size: a point is a picture of one pixel."""
        return self.means.shape[1], 1, 1

    def encode(self, texts: Sequence[str]) -> dict[str, Tensor]:
        """The components that each text names, as a mask of shape (components,). Raises KeyError for another name."""
        return {text: self._mask(text) for text in texts}

    def _mask(self, text: str) -> Tensor:
        named = [name.strip() for name in text.split(",")] if text else list(self.names)
        if unknown := set(named) - set(self.names):
            raise KeyError(f"The mixture has no {', '.join(sorted(unknown))}; its components are {', '.join(self.names)}.")
        return torch.tensor([name in named for name in self.names], device=self.device)

    def predict(self, latents: Tensor, levels: Sequence[Level], conditionings: Sequence[Tensor]) -> Tensor:
        """The noise ε of each point under its components, shape (rows, dimensions, 1, 1)."""
        points, noise = latents.flatten(1), torch.empty_like(latents)
        alphas = torch.tensor([level.alpha for level in levels], device=self.device, dtype=self.precision)
        for mask in {id(conditioning): conditioning for conditioning in conditionings}.values():
            rows = torch.tensor([conditioning is mask for conditioning in conditionings], device=self.device)
            noise[rows] = self._noise(points[rows], alphas[rows], mask)[:, :, None, None]
        return noise

    def _noise(self, points: Tensor, alphas: Tensor, mask: Tensor) -> Tensor:
        shares = self._log_densities(points, alphas).masked_fill(~mask, -math.inf).softmax(1)
        scores = self._towards_means(points, alphas) / self._variances(alphas)[:, :, None]
        return -(1 - alphas).sqrt()[:, None] * (shares[:, :, None] * scores).sum(1)

    def log_odds(self, latents: Tensor, level: Level, text: str) -> Tensor:
        """log p(c|x_t)/(1 − p(c|x_t)) of each point, shape (rows,), where c is the components that the text names."""
        points, mask = latents.flatten(1), self._mask(text)
        densities = self._log_densities(points, points.new_full((len(points),), level.alpha))
        return densities[:, mask].logsumexp(1) - densities[:, ~mask].logsumexp(1)

    def _variances(self, alphas: Tensor) -> Tensor:
        """ᾱ s_k² + 1 − ᾱ, shape (rows, components)."""
        return alphas[:, None] * self.deviations**2 + 1 - alphas[:, None]

    def _towards_means(self, points: Tensor, alphas: Tensor) -> Tensor:
        """√ᾱ m_k − x_t, shape (rows, components, dimensions)."""
        return alphas.sqrt()[:, None, None] * self.means - points[:, None]

    def _log_densities(self, points: Tensor, alphas: Tensor) -> Tensor:
        """log w_k N(x; …) of each component, shape (rows, components), without the constant that all share."""
        variances = self._variances(alphas)
        squares = self._towards_means(points, alphas).square().sum(2)
        return self.weights.log() - 0.5 * (squares / variances + self.means.shape[1] * variances.log())
