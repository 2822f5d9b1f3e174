"""Negative prompting: classifier-free guidance that starts from the negative text instead of the empty one.

ε = ε_n + s(ε_p − ε_n): Koulischer et al. (ICLR 2025), §2.2; the `negative_prompt` argument of the diffusers pipelines.
Provenance: paper (equation), code (default scale: that of diffusers).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from generation.methods.rule import NEGATIVE, PROMPT, Prediction, Predictions
from generation.methods.settings import REQUIRED, guidance_scale, setting

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True, kw_only=True)
class Settings:
    scale: float = guidance_scale()
    negative: str = setting(REQUIRED, "the text that the image is led away from")


def texts(prompt: str, settings: Settings) -> Mapping[Prediction, str]:
    return {NEGATIVE: settings.negative, PROMPT: prompt}


def guide(eps: Predictions, settings: Settings) -> "Tensor":
    """Guided noise ε_n + s(ε_p − ε_n)."""
    return eps[NEGATIVE] + settings.scale * (eps[PROMPT] - eps[NEGATIVE])
