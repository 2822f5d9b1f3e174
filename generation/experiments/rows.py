"""The sampler's loop over stacked rows of one method: for experiments that draw thousands of small images.

The sampler keeps a rule, a scheduler and a generator for each row; here all rows have the same rule, so one tensor stands for
each of these. The rules are the registry's: those of cfg, np_uncond and sld are elementwise and take stacked rows as they
are; that of dng needs a posterior for each row, which is all that is written anew here.
"""

import dataclasses
import math
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from generation import methods, schedulers
from generation.denoisers import Denoiser
from generation.methods import dng
from generation.methods.rule import NEGATIVE, Level, Method, Moment, Predictions, State, Step
from generation.sampler import initial_noise

SCHEDULER = "ddpm_large"  # of all methods, so that only their rules differ
CLEAN = Level(0, 1.0)


class NotStackable(ValueError):
    """A method whose rule does not take stacked rows."""


@dataclass(frozen=True, eq=False)
class Noise:
    """x_T of all rows, and what their steps draw from: a generator for each, or one for all."""

    start: Tensor
    generators: "Sequence[torch.Generator] | torch.Generator"


@dataclass(frozen=True, eq=False)
class Here:
    """Where all rows are: the number of steps made, their noise level, their latents, and the state of their rule."""

    index: int
    level: Level
    latents: Tensor
    state: State


def noise_of(denoiser: Denoiser, seeds: Sequence[int], size: int) -> Noise:
    """The noise that the sampler draws for these seeds, of which every row has a generator of its own."""
    generators = [torch.Generator().manual_seed(seed) for seed in seeds]
    return Noise(torch.stack([initial_noise(denoiser, size, generator) for generator in generators]), generators)


def find(method: str) -> Method:
    """The method with a rule that takes stacked rows. Raises NotStackable."""
    if method not in STACKED:
        raise NotStackable(f"The rule of {method} does not take stacked rows; those of {', '.join(STACKED)} do.")
    return STACKED[method]


def draw(
    denoiser: Denoiser, method: Method, given: Mapping[str, Any], noise: Noise, evaluations: int, prompt: str = ""
) -> Tensor:
    """x_0 of all rows, shape (rows, …). Raises BadSettings and UnfitEvaluations."""
    (end,) = deque(walk(denoiser, method, given, noise, evaluations, prompt), maxlen=1)
    return end.latents


@torch.no_grad()
def walk(
    denoiser: Denoiser, method: Method, given: Mapping[str, Any], noise: Noise, evaluations: int, prompt: str = ""
) -> Iterator[Here]:
    """All rows before each step, and after the last. Raises BadSettings and UnfitEvaluations."""
    settings = methods.parse(method.settings, given)
    scheduler = schedulers.start(SCHEDULER, denoiser.scheduler_config, evaluations)
    levels = schedulers.levels(scheduler)
    latents, state, texts = noise.start, method.start(settings), method.texts(prompt, settings)
    for index, level in enumerate(levels):
        yield Here(index, level, latents, state)
        moment = Moment(index, levels, latents)
        eps = _predict(denoiser, latents, level, texts)
        guided = method.guide(eps, state, settings)
        latents = scheduler.step(guided, level.timestep, latents, generator=noise.generators, return_dict=False)[0]
        if index + 1 < len(levels):
            state = method.after_step(state, Step(moment, eps, latents), settings)
    yield Here(len(levels), CLEAN, latents, state)


def _predict(denoiser: Denoiser, latents: Tensor, level: Level, texts: Mapping[Any, str]) -> Predictions:
    """What the rule needs to know of all rows; predictions of the same text are one."""
    rows, meant = [level] * len(latents), denoiser.encode(list(texts.values()))
    by_text = {text: denoiser.predict(latents, rows, [meant[text]] * len(latents)) for text in dict.fromkeys(texts.values())}
    return {prediction: by_text[text] for prediction, text in texts.items()}


def column(values: Tensor, like: Tensor) -> Tensor:
    """A number for each row, shape (rows,), as something to multiply stacked rows with."""
    return values.to(like.dtype).reshape(-1, *[1] * (like.dim() - 1))


def _log_odds(log_posterior: Tensor) -> Tensor:
    return log_posterior - torch.log1p(-log_posterior.exp())


def _start_dng(settings: dng.Settings) -> Tensor:
    """log p(c₋) before the first step, the same for all rows: shape (1,), in float64."""
    return torch.tensor([dng.start(settings)], dtype=torch.float64)


def _guide_dng(eps: Predictions, log_posterior: Tensor, settings: dng.Settings) -> Tensor:
    base = dng.base_of(eps, settings)
    strength = settings.scale * _log_odds(log_posterior).exp()
    return dng.lead_away(base, eps[NEGATIVE], column(strength, base))


def _after_step_dng(log_posterior: Tensor, step: Step, settings: dng.Settings) -> Tensor:
    """log p(c₋) of each row, shape (rows,)."""
    further = dng.further(step).flatten(1).sum(1).double()
    changed = log_posterior + dng.change(further, step.before, settings)
    kept: Tensor = changed.clamp(math.log(settings.least), math.log(settings.most))
    return kept


STACKED: dict[str, Method] = {name: methods.METHODS[name] for name in ("cfg", "np_uncond", "sld")}
STACKED["dng"] = dataclasses.replace(
    methods.METHODS["dng"], start=_start_dng, guide=_guide_dng, after_step=_after_step_dng, trace=methods.METHODS["cfg"].trace
)
