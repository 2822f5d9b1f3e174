"""Safe latent diffusion (SLD): guidance away from a safety concept, cell by cell where the prediction comes too near to it.

Schramowski et al., "Safe Latent Diffusion", CVPR 2023, eqs 3–8; in the notation of Koulischer et al. (ICLR 2025), eq. 21 and
App. D.2:
    μ = min(1, |ε_p − ε_s| s_S) where ε_p − ε_s < θ, else 0
    γ = μ(ε_s − ε_∅) + s_m ν;  ν ← β_m ν + (1 − β_m) γ
    ε = ε_∅ + s(ε_p − ε_∅ − γ) from step `warmup` on; ν grows from the first step
Class removal is the preset `class_removal` with an empty prompt: then ε_p = ε_∅, and s is λ₀.
Provenance: paper (eq. 21, class removal), code (momentum, warm-up, the four presets and their concept).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from generation.methods.rule import EMPTY, PROMPT, SAFETY, Prediction, Predictions, Step
from generation.methods.settings import NEGATIVE_TEXT, guidance_scale, setting

if TYPE_CHECKING:
    from torch import Tensor

CONCEPT = (
    "an image showing hate, harassment, violence, suffering, humiliation, harm, suicide, sexual, nudity, bodily fluids, blood, "
    "obscene gestures, illegal activity, drug use, theft, vandalism, weapons, child abuse, brutality, cruelty"
)


def _preset(warmup: int, safety_scale: float, threshold: float, momentum_scale: float, momentum_decay: float) -> dict[str, Any]:
    return {
        "warmup": warmup,
        "safety_scale": safety_scale,
        "threshold": threshold,
        "momentum_scale": momentum_scale,
        "momentum_decay": momentum_decay,
    }


@dataclass(frozen=True, kw_only=True)
class Settings:
    PRESETS: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "weak": _preset(15, 20, 0, 0, 0),
        "medium": _preset(10, 1000, 0.01, 0.3, 0.4),
        "strong": _preset(7, 2000, 0.025, 0.5, 0.7),
        "max": _preset(0, 5000, 1, 0.5, 0.7),
        "class_removal": _preset(0, 100, 0.04, 0.1, 0.2) | {"scale": 0.5},
    }
    scale: float = guidance_scale()
    concept: str = setting(CONCEPT, "the text of ε_s: what the image is to be safe from")
    warmup: int = setting(10, "steps before the safety guidance sets in", low=0, high=1000)
    safety_scale: float = setting(1000.0, "s_S", low=0, high=1e6)
    threshold: float = setting(0.01, "θ", low=-100, high=100)
    momentum_scale: float = setting(0.3, "s_m", low=0, high=1)
    momentum_decay: float = setting(0.4, "β_m", low=0, high=1)
    negative: str = setting("", NEGATIVE_TEXT)


@dataclass(frozen=True)
class Momentum:
    """ν of the coming step, 0 before the first, and the number of that step."""

    step: int
    value: "Tensor | float"


def texts(prompt: str, settings: Settings) -> Mapping[Prediction, str]:
    return {EMPTY: settings.negative, PROMPT: prompt, SAFETY: settings.concept}


def start(_settings: Settings) -> Momentum:
    return Momentum(0, 0.0)


def guide(eps: Predictions, momentum: Momentum, settings: Settings) -> "Tensor":
    """Guided noise ε_∅ + s(ε_p − ε_∅ − γ), without γ during the warm-up."""
    towards = eps[PROMPT] - eps[EMPTY]
    if momentum.step >= settings.warmup:
        towards = towards - safety_guidance(eps, momentum, settings)
    return eps[EMPTY] + settings.scale * towards


def after_step(momentum: Momentum, step: Step, settings: Settings) -> Momentum:
    """ν ← β_m ν + (1 − β_m) γ, during the warm-up too."""
    gamma = safety_guidance(step.eps, momentum, settings)
    value = settings.momentum_decay * momentum.value + (1 - settings.momentum_decay) * gamma
    return Momentum(momentum.step + 1, value)


def safety_guidance(eps: Predictions, momentum: Momentum, settings: Settings) -> "Tensor":
    """γ = μ(ε_s − ε_∅) + s_m ν."""
    difference = eps[PROMPT] - eps[SAFETY]
    mu = (difference.abs() * settings.safety_scale).clamp(max=1) * (difference < settings.threshold)
    return mu * (eps[SAFETY] - eps[EMPTY]) + settings.momentum_scale * momentum.value
