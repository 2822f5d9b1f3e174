"""ANSWER: a negative prediction that the model finds by itself, on a short walk away from the prompt.

Desai & Vasconcelos, "Diffusion Models with Adaptive Negative Sampling Without External Resources", 2025.
At a step with K_t > 0: from x_t, K_t steps of diffusion-negative sampling on a copy of the latent (a mini-chain,
by DDIM, along the chain's own levels) reach t_n; the guided noise ε⁻ of that chain there is brought to the statistics of the
current unconditional prediction, and guides:
    ε_neg = (ε⁻ − mean ε⁻)/std ε⁻ · std ε_∅ + mean ε_∅   (over all dimensions of the sample)
    ε = ε_neg + s(ε_p − ε_neg)
Where K_t = 0, it is `cfg`. The first step of the mini-chain uses the predictions at x_t, so that a step costs 2 + 2 K_t.
Provenance: note (a third party's reading; not checked against the paper). K_t is K in the first half of the steps, then 0.
"""

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from generation.methods.cfg import texts
from generation.methods.dns import away_from_prompt
from generation.methods.rule import EMPTY, NEGATIVE, PROMPT, Level, Look, Looks, Moment, Predictions
from generation.methods.settings import NEGATIVE_TEXT, guidance_scale, setting

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["Settings", "ddim", "guide", "look_ahead", "mini_chain", "normalised", "texts"]


@dataclass(frozen=True, kw_only=True)
class Settings:
    scale: float = guidance_scale()
    mini_steps: int = setting(3, "K, the steps of a mini-chain", low=0, high=50)
    until: float = setting(0.5, "the share of the steps, from the first on, that have a mini-chain", low=0, high=1)
    negative: str = setting("", NEGATIVE_TEXT)


def mini_chain(moment: Moment, settings: Settings) -> list[Level]:
    """The levels that the K_t steps reach; fewer than K where the chain has fewer left. PNDM's repeated one counts once."""
    if moment.index >= settings.until * len(moment.levels):
        return []
    return list(dict.fromkeys(moment.levels[moment.index :]))[1 : 1 + settings.mini_steps]


def look_ahead(eps: Predictions, moment: Moment, settings: Settings) -> Looks:
    """The predictions at x_t, with ε_neg as the negative one where there is a mini-chain."""
    path = mini_chain(moment, settings)
    if not path:
        return eps
    latent, seen = moment.latent, eps
    for before, after in pairwise([moment.level, *path]):
        latent = ddim(latent, away_from_prompt(seen, settings.scale), before.alpha, after.alpha)
        seen = yield Look(latent, after)
    return {**eps, NEGATIVE: normalised(away_from_prompt(seen, settings.scale), eps[EMPTY])}


def ddim(latent: "Tensor", noise: "Tensor", alpha: float, next_alpha: float) -> "Tensor":
    """One deterministic step (Song et al., "Denoising diffusion implicit models", ICLR 2021, eq. 12 with σ = 0)."""
    clean = (latent - math.sqrt(1 - alpha) * noise) / math.sqrt(alpha)
    return math.sqrt(next_alpha) * clean + math.sqrt(1 - next_alpha) * noise


def normalised(noise: "Tensor", like: "Tensor") -> "Tensor":
    """The noise with the mean and the standard deviation of another, over all dimensions of the sample."""
    return (noise - noise.mean()) / noise.std() * like.std() + like.mean()


def guide(eps: Predictions, settings: Settings) -> "Tensor":
    """Guided noise from ε_neg through ε_p; from ε_∅ where there was no mini-chain."""
    origin = eps.get(NEGATIVE, eps[EMPTY])
    return origin + settings.scale * (eps[PROMPT] - origin)
