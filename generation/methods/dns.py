"""Diffusion-negative sampling (DNS): what the model takes for the opposite of a prompt.

Desai & Vasconcelos, "Improving image synthesis with diffusion-negative sampling", ECCV 2024, §1: the negative
noise is proportional to −ε_p. Its swapped form is classifier-free guidance with the positive and the empty prompt exchanged:
ε = ε_p + s(ε_∅ − ε_p), that is guidance at scale 1 − s.
Provenance: paper (proportionality), code and note (the swapped form).

Its images are an intermediate, to be captioned; they are never shown to voters as a condition.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from generation.methods.cfg import texts
from generation.methods.rule import EMPTY, PROMPT, Predictions
from generation.methods.settings import NEGATIVE_TEXT, guidance_scale, setting

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["Settings", "away_from_prompt", "guide", "texts"]


@dataclass(frozen=True, kw_only=True)
class Settings:
    scale: float = guidance_scale()
    negative: str = setting("", NEGATIVE_TEXT)


def guide(eps: Predictions, settings: Settings) -> "Tensor":
    """Guided noise ε_p + s(ε_∅ − ε_p)."""
    return away_from_prompt(eps, settings.scale)


def away_from_prompt(eps: Predictions, scale: float) -> "Tensor":
    """ε_p + s(ε_∅ − ε_p), which ANSWER asks for too."""
    return eps[PROMPT] + scale * (eps[EMPTY] - eps[PROMPT])
