"""SynGen: x_t is moved, before each of the first steps, so that a noun and its modifiers are attended at the same places.

Rassin et al., "Linguistic Binding in Diffusion Models: Enhancing Attribute Correspondence through Attention Map Alignment",
NeurIPS 2023. With A_t the cross-attention of token t averaged over layers and heads, as a distribution over the cells, and
    D(s, t) = ½ KL(A_s ‖ A_t) + ½ KL(A_t ‖ A_s),  D(word, word′) = max over their tokens
each noun n with each of its modifiers m adds a positive and a negative loss, U being the prompt's tokens outside the phrase:
    L = Σ D(m, n) − ½ mean over u ∈ U of D(n, u) − ½ mean over u ∈ U of D(m, u),  x_t ← x_t − 20 ∇L
Phrases without a modifier add nothing; where no phrase has one, this is `cfg`. Guidance is that of `cfg`.
Provenance: code (the authors' own), not checked against the paper.
"""

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

from generation.methods.cfg import guide, texts
from generation.methods.rule import Update
from generation.methods.settings import NEGATIVE_TEXT, guidance_scale, setting
from generation.token_groups import PromptTokens, TokenGroup

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["Settings", "guide", "loss", "texts", "update"]

LEAST = 1e-12  # share of a cell that is never attended, so that its logarithm is finite


@dataclass(frozen=True, kw_only=True)
class Settings:
    scale: float = guidance_scale()
    negative: str = setting("", NEGATIVE_TEXT)
    resolution: int = setting(16, "width of the attention maps: 16 for Stable Diffusion 1.x, 8 for the bundled model", low=2)
    start_step: int = setting(0, "the first step with an update; 5 with a negative", low=0, high=1000)
    altered_steps: int = setting(25, "updates are made before steps of a lower index", low=0, high=1000)
    step_size: float = setting(20.0, "the factor of the gradient", low=0, high=10_000)


def update(index: int, _steps: int, settings: Settings) -> Update | None:
    """The update before a step; None outside of the altered steps."""
    if settings.start_step <= index < settings.altered_steps:
        return Update(step_size=settings.step_size)
    return None


def loss(maps: "Tensor", tokens: PromptTokens, _settings: Settings) -> "Tensor":
    """L of maps of shape (resolution, resolution, tokens), over the phrases that have a modifier."""
    shares = maps.flatten(0, 1).T
    distances = divergences((shares / shares.sum(dim=1, keepdim=True)).clamp(min=LEAST))
    return sum((_phrase_loss(distances, group, tokens) for group in tokens.groups), start=maps.new_zeros(()))


def divergences(shares: "Tensor") -> "Tensor":
    """D of all pairs of distributions, shape (tokens, tokens), of distributions of shape (tokens, cells)."""
    logs = shares.log()
    return ((shares[:, None] - shares) * (logs[:, None] - logs)).sum(dim=-1) / 2


def _phrase_loss(distances: "Tensor", group: TokenGroup, tokens: PromptTokens) -> "Tensor":
    """The loss of a noun with each of its modifiers."""
    outside = [token for token in tokens.tokens if not any(token in word for word in group.words)]
    return sum(
        (
            positive_loss(distances, modifier, group.noun)
            + (negative_loss(distances, group.noun, outside) + negative_loss(distances, modifier, outside)) / 2
            for modifier in group.modifiers
        ),
        start=distances.new_zeros(()),
    )


def positive_loss(distances: "Tensor", modifier: tuple[int, ...], noun: tuple[int, ...]) -> "Tensor":
    """D(modifier, noun): the largest of their tokens'."""
    modifiers, nouns = zip(*product(modifier, noun), strict=True)
    return distances[list(modifiers), list(nouns)].max()


def negative_loss(distances: "Tensor", word: tuple[int, ...], outside: list[int]) -> "Tensor":
    """Minus the mean over the tokens outside of D(word, token); 0 if there are none."""
    if not outside:
        return distances.new_zeros(())
    return -distances[list(word)][:, outside].amax(dim=0).mean()
