"""Negative prompting as the DNG paper has it: a constant push away from the negative text, without any other guidance.

Koulischer et al., "Dynamic Negative Guidance of Diffusion Models", ICLR 2025, eq. 6, with the prompt in the place
of the unconditional model (§4.2): ε = ε_p − λ(ε_n − ε_p). Class removal (§4.1) is the same with an empty prompt and the
class as the negative. Provenance: paper (equations; λ of Figs 16–20, of which the default is the smallest).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from generation.methods.rule import NEGATIVE, PROMPT, Prediction, Predictions
from generation.methods.settings import REQUIRED, setting

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True, kw_only=True)
class Settings:
    scale: float = setting(1.7, "negative guidance scale λ", low=0, high=1000)
    negative: str = setting(REQUIRED, "the text that the image is led away from")


def texts(prompt: str, settings: Settings) -> Mapping[Prediction, str]:
    return {PROMPT: prompt, NEGATIVE: settings.negative}


def guide(eps: Predictions, settings: Settings) -> "Tensor":
    """Guided noise ε_p − λ(ε_n − ε_p)."""
    return eps[PROMPT] - settings.scale * (eps[NEGATIVE] - eps[PROMPT])
