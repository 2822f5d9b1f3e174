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
        rows = zip(latents.flatten(1), levels, conditionings, strict=True)
        return torch.stack([self._noise(point, level.alpha, mask) for point, level, mask in rows])[:, :, None, None]

    def _noise(self, point: Tensor, alpha: float, mask: Tensor) -> Tensor:
        shares = self._log_densities(point, alpha).masked_fill(~mask, -math.inf).softmax(0)
        scores = (math.sqrt(alpha) * self.means - point) / self._variances(alpha)[:, None]
        return -math.sqrt(1 - alpha) * (shares[:, None] * scores).sum(0)

    def log_odds(self, latent: Tensor, level: Level, text: str) -> float:
        """log p(c|x_t)/(1 − p(c|x_t)), where c is the components that the text names."""
        densities, mask = self._log_densities(latent.flatten(), level.alpha), self._mask(text)
        return float(densities[mask].logsumexp(0) - densities[~mask].logsumexp(0))

    def _variances(self, alpha: float) -> Tensor:
        return alpha * self.deviations**2 + 1 - alpha

    def _log_densities(self, point: Tensor, alpha: float) -> Tensor:
        """log w_k N(x; …) of each component, without the constant that all share."""
        variances = self._variances(alpha)
        squares = (point - math.sqrt(alpha) * self.means).square().sum(1)
        return self.weights.log() - 0.5 * (squares / variances + self.means.shape[1] * variances.log())
