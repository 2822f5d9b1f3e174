"""Attend-and-Excite: x_t is moved, before each of the first steps, so that every noun of the prompt is attended somewhere.

Chefer et al., "Attend-and-Excite: Attention-Based Semantic Guidance for Text-to-Image Diffusion Models", SIGGRAPH 2023, §4:
    A = softmax over the tokens of 100 · (cross-attention averaged over layers and heads), without the start token and the last
    L = max over the listed tokens s of (1 − max G(A_s)),  x_t ← x_t − α_i ∇L,  α_i = 20 √linspace(1, ½)_i
with G a Gaussian smoothing. At the steps of the thresholds, x_t is moved in rounds, 20 at most, while L > 1 − threshold.
Listed are the tokens of the nouns of the prompt's phrases. Guidance then is that of `cfg`; with a negative in place of ε_∅,
Desai & Vasconcelos (ECCV 2024), §2.1, start the updates at step 5 and lower the scale.
Provenance: code (losses, defaults and rounds of diffusers' pipeline), paper (start at step 5 with a negative).
"""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from generation.methods.cfg import guide, texts
from generation.methods.rule import Update
from generation.methods.settings import NEGATIVE_TEXT, ByStep, guidance_scale, setting
from generation.token_groups import PromptTokens

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["Settings", "guide", "loss", "smoothed", "texts", "update"]

THRESHOLDS = ByStep({0: 0.05, 10: 0.5, 20: 0.8})
SHARPNESS = 100
SIGMA = 0.5


@dataclass(frozen=True, kw_only=True)
class Settings:
    scale: float = guidance_scale()
    negative: str = setting("", NEGATIVE_TEXT)
    resolution: int = setting(16, "width of the attention maps: 16 for Stable Diffusion 1.x, 8 for the bundled model", low=2)
    start_step: int = setting(0, "the first step with an update; 5 with a negative", low=0, high=1000)
    altered_steps: int = setting(25, "updates are made before steps of a lower index", low=0, high=1000)
    step_size: float = setting(20.0, "α before the first step", low=0, high=10_000)
    refine: bool = setting(True, "whether x_t is moved in rounds at the steps of the thresholds, even after the altered steps")
    thresholds: ByStep = setting(THRESHOLDS, "the attention to be reached by rounds, by step", low=0, high=1)  # noqa: RUF009


def update(index: int, steps: int, settings: Settings) -> Update | None:
    """The update before a step; None outside of the altered steps and the thresholds'."""
    refines = settings.refine and str(index) in settings.thresholds
    moves = index < settings.altered_steps
    if index < settings.start_step or not (moves or refines):
        return None
    return Update(
        step_size=settings.step_size * math.sqrt(1 - 0.5 * index / max(steps - 1, 1)),
        refine_to=1 - settings.thresholds[str(index)] if refines else math.inf,
        moves=moves,
    )


def loss(maps: "Tensor", tokens: PromptTokens, _settings: Settings) -> "Tensor":
    """L of maps of shape (resolution, resolution, tokens): how far the least attended noun token is from being attended."""
    attended = (SHARPNESS * maps[:, :, 1:-1]).softmax(dim=-1)
    listed = [token - 1 for group in tokens.groups for token in group.noun]
    peaks = smoothed(attended[:, :, listed].permute(2, 0, 1)).flatten(1).amax(dim=1)
    return (1 - peaks).relu().max()


def smoothed(maps: "Tensor") -> "Tensor":
    """G of maps of shape (…, side, side): a kernel of 3 × 3 cells, with mirrored borders.

    The kernel falls as exp(−(d/2σ)²), as in the code; a Gaussian of deviation σ would fall as exp(−d²/2σ²).
    """
    along = maps.new_tensor(_smoothing(maps.shape[-1]))
    return along @ maps @ along.T


def _smoothing(side: int) -> list[list[float]]:
    """The matrix that smooths a row of cells."""
    neighbour = math.exp(-((1 / (2 * SIGMA)) ** 2))
    weights = {-1: neighbour, 0: 1.0, 1: neighbour}
    matrix = [[0.0] * side for _ in range(side)]
    for cell in range(side):
        for offset, weight in weights.items():
            matrix[cell][_mirrored(cell + offset, side)] += weight / sum(weights.values())
    return matrix


def _mirrored(cell: int, side: int) -> int:
    return side - 1 - abs(side - 1 - abs(cell))
