"""Classifier-free guidance: the "SD" baseline.

Ho & Salimans, "Classifier-Free Diffusion Guidance", 2022; ε = ε_∅ + s(ε_p − ε_∅) as in Desai & Vasconcelos
(ECCV 2024), §2.1, and Koulischer et al. (ICLR 2025), eq. 5.
Provenance: paper (equation), code (default scale: that of diffusers; the papers print none).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from generation.methods.rule import EMPTY, PROMPT, Prediction, Predictions
from generation.methods.settings import NEGATIVE_TEXT, guidance_scale, setting

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True, kw_only=True)
class Settings:
    scale: float = guidance_scale()
    negative: str = setting("", NEGATIVE_TEXT)


def texts(prompt: str, settings: Settings) -> Mapping[Prediction, str]:
    return {EMPTY: settings.negative, PROMPT: prompt}


def guide(eps: Predictions, settings: Settings) -> "Tensor":
    """Guided noise ε_∅ + s(ε_p − ε_∅)."""
    return eps[EMPTY] + settings.scale * (eps[PROMPT] - eps[EMPTY])
