"""Dynamic negative guidance (DNG): a push away from the negative, as strong as it is likely that the negative is being drawn.

Koulischer et al., "Dynamic Negative Guidance of Diffusion Models", ICLR 2025: eq. 10, algorithms 1 and 2.
    ε = ε_p − λ_t(ε_n − ε_p),  λ_t = λ₀ p/(1 − p)
    p ← clamp(p · exp(−τ/(2σ²)(‖x_{t−1} − μ_n‖² − ‖x_{t−1} − μ_p‖²) + δ/(2σ²)), p_min, p_max)
with μ of eq. 2 and α_t = ᾱ_t/ᾱ_{t−1} over the steps that are made. Class removal is the same with an empty prompt and the
class as the negative. The step must be stochastic and add noise of variance 1 − α_t, so that it has the kernel whose
likelihoods are compared. The default base ε_p is as printed; the guided base takes ε_∅ + s(ε_p − ε_∅) in its place, and the
posterior stays that of the two raw predictions.
Provenance: paper (equations, tables 1 and 3, figures 16–20), code (squared norms are sums; the posterior variance as σ²).
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from generation.methods import cfg
from generation.methods.rule import EMPTY, NEGATIVE, PROMPT, Moment, Prediction, Predictions, Step
from generation.methods.settings import REQUIRED, BadSettings, guidance_scale, setting

if TYPE_CHECKING:
    from torch import Tensor

SCHEDULERS = ("ddpm_large",)
RAW, GUIDED = "raw", "guided"
STEP, POSTERIOR = "step", "posterior"


def _text_to_image(scale: float, temperature: float, offset: float) -> dict[str, float]:
    return {"scale": scale, "prior": 0.01, "temperature": temperature, "offset": offset}


@dataclass(frozen=True, kw_only=True)
class Settings:
    PRESETS: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "medieval_feast": _text_to_image(27, 0.2, 0.004),
        "dinner_table": _text_to_image(12, 0.3, 0.003),
        "art_workshop": _text_to_image(27, 0.2, 0.002),
        "antique_store": _text_to_image(21, 0.2, 0.004),
        "english_breakfast": _text_to_image(18, 0.3, 0.003),
        "mnist": {"scale": 5, "prior": 0.25, "temperature": 0.25, "offset": 0},
        "cifar10": {"scale": 5, "prior": 0.01, "temperature": 0.2, "offset": 2e-4},
    }
    negative: str = setting(REQUIRED, "the text, or the class, that the image is led away from")
    scale: float = setting(18.0, "λ₀", low=0, high=10_000)
    prior: float = setting(0.01, "p₀, the posterior before the first step", low=1e-12, high=1 - 1e-6)
    temperature: float = setting(0.2, "τ", low=0, high=1)
    offset: float = setting(0.003, "δ", low=-1, high=1)
    least: float = setting(1e-6, "p_min", low=1e-12, high=1 - 1e-6)
    most: float = setting(0.99, "p_max", low=1e-12, high=1 - 1e-6)
    variance: str = setting(STEP, "σ²: of the step, 1 − α_t, or of the posterior, β̃_t", choices=(STEP, POSTERIOR))
    base: str = setting(RAW, "what is led away: the raw ε_p, or the one guided at base_scale", choices=(RAW, GUIDED))
    base_scale: float = guidance_scale()

    def __post_init__(self) -> None:
        if not self.least <= self.prior <= self.most:
            raise BadSettings([f"“prior” must lie between “least” ({self.least}) and “most” ({self.most}), not {self.prior}."])


def texts(prompt: str, settings: Settings) -> Mapping[Prediction, str]:
    raw = {PROMPT: prompt, NEGATIVE: settings.negative}
    return raw if settings.base == RAW else raw | {EMPTY: ""}


def start(settings: Settings) -> float:
    """log p(c₋) before the first step."""
    return math.log(settings.prior)


def log_odds(log_posterior: float) -> float:
    """log p/(1 − p)."""
    return log_posterior - math.log1p(-math.exp(log_posterior))


def strength(log_posterior: float, settings: Settings) -> float:
    """λ_t = λ₀ p/(1 − p)."""
    return settings.scale * math.exp(log_odds(log_posterior))


def trace(log_posterior: float, settings: Settings) -> Mapping[str, float]:
    """λ_t."""
    return {"lambda": strength(log_posterior, settings)}


def guide(eps: Predictions, log_posterior: float, settings: Settings) -> "Tensor":
    """Guided noise ε − λ_t(ε_n − ε), where ε is the base."""
    return lead_away(base_of(eps, settings), eps[NEGATIVE], strength(log_posterior, settings))


def base_of(eps: Predictions, settings: Settings) -> "Tensor":
    """What is led away: ε_p, or the one that is guided at `base_scale`."""
    return eps[PROMPT] if settings.base == RAW else cfg.guide(eps, cfg.Settings(scale=settings.base_scale))


def lead_away(base: "Tensor", negative: "Tensor", strength: "float | Tensor") -> "Tensor":
    """ε − λ_t (ε_n − ε): of one row, or of many, where λ_t has a number for each (eqs 10 and 17)."""
    return base - strength * (negative - base)


def after_step(log_posterior: float, step: Step, settings: Settings) -> float:
    """log p(c₋) after x_t → x_{t−1} (algorithm 2)."""
    changed: float = log_posterior + change(float(further(step).sum()), step.before, settings)
    return min(max(changed, math.log(settings.least)), math.log(settings.most))


def change(further: Any, moment: Moment, settings: Settings) -> Any:
    """What is added to log p(c₋) where x_{t−1} is further from μ_n than from μ_p by so much: of one row, or of many."""
    return (settings.offset - settings.temperature * further) / (2 * variance(moment, settings))


def further(step: Step) -> "Tensor":
    """(x_{t−1} − μ_n)² − (x_{t−1} − μ_p)² in each dimension; algorithm 2 takes their sum.

    Taken as (μ_p − μ_n)·(2x_{t−1} − μ_n − μ_p), so that no digits are lost to the difference of two large sums.
    """
    base, negative = mean(step.before, step.eps[PROMPT]), mean(step.before, step.eps[NEGATIVE])
    return (base - negative) * (2 * step.after - negative - base)


def mean(moment: Moment, eps: "Tensor") -> "Tensor":
    """μ, the mean that a prediction gives x_{t−1} (eq. 2)."""
    alpha = moment.level.alpha / moment.next_alpha
    return (moment.latent - (1 - alpha) / math.sqrt(1 - moment.level.alpha) * eps) / math.sqrt(alpha)


def variance(moment: Moment, settings: Settings) -> float:
    """σ²: 1 − α_t as printed, or β̃_t = (1 − ᾱ_{t−1})/(1 − ᾱ_t) · (1 − α_t) as the authors' code has it."""
    of_step = 1 - moment.level.alpha / moment.next_alpha
    if settings.variance == STEP:
        return of_step
    return (1 - moment.next_alpha) / (1 - moment.level.alpha) * of_step
