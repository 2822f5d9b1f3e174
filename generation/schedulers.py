"""Schedulers by name: how a latent steps from one noise level to the next.

Each is one of diffusers', as its pipelines use it, and is told ε. Those that scale what the UNet sees are asked what that is.
"""

from collections.abc import Mapping
from typing import Any, TypeAlias

import torch
from diffusers.schedulers.scheduling_ddim import DDIMScheduler
from diffusers.schedulers.scheduling_ddpm import DDPMScheduler
from diffusers.schedulers.scheduling_dpmsolver_multistep import DPMSolverMultistepScheduler
from diffusers.schedulers.scheduling_euler_discrete import EulerDiscreteScheduler
from diffusers.schedulers.scheduling_pndm import PNDMScheduler
from torch import Tensor

from generation.evaluations import STEPS_OFFSET, require_fit
from generation.methods.rule import Level

Scheduler: TypeAlias = Any  # diffusers' schedulers share no typed interface

# A class, and what its name here stands for. `ddpm_large` adds noise of variance 1 − α_t, as DNG's algorithm 2 has it;
# diffusers' DDPM adds that of the posterior.
SCHEDULERS: dict[str, tuple[Any, dict[str, Any]]] = {
    "ddim": (DDIMScheduler, {}),
    "pndm": (PNDMScheduler, {"skip_prk_steps": True}),  # Runge-Kutta steps would cost four evaluations each
    "ddpm": (DDPMScheduler, {}),
    "ddpm_large": (DDPMScheduler, {"variance_type": "fixed_large"}),
    "euler": (EulerDiscreteScheduler, {}),
    "dpmpp": (DPMSolverMultistepScheduler, {"algorithm_type": "dpmsolver++"}),
}

# What StableDiffusionPipeline insists on, whatever a checkpoint's file says; and ε, which every denoiser predicts.
STABLE_DIFFUSION = {"clip_sample": False, "steps_offset": STEPS_OFFSET, "prediction_type": "epsilon"}


class UnknownScheduler(LookupError):
    """A name that is no scheduler's."""


def start(name: str, config: Mapping[str, Any], evaluations: int) -> Scheduler:
    """A fresh scheduler of that name, whose `timesteps` are as many as the UNet evaluations wanted.

    PNDM evaluates its second timestep twice, so it is asked for one step less.
    Raises UnknownScheduler and UnfitEvaluations.
    """
    if name not in SCHEDULERS:
        raise UnknownScheduler(f"There is no scheduler “{name}”; choose one of: {', '.join(SCHEDULERS)}.")
    kind, own = SCHEDULERS[name]
    scheduler = kind.from_config(config, **STABLE_DIFFUSION | _combined(name, config), **own)
    require_fit(name, evaluations, scheduler.config["num_train_timesteps"])
    scheduler.set_timesteps(evaluations - 1 if name == "pndm" else evaluations)
    return scheduler


def _combined(name: str, config: Mapping[str, Any]) -> dict[str, Any]:
    """What PNDM combines of several steps: as in diffusers, what the checkpoint's own UNet predicts, be it ε or v."""
    return {"prediction_type": config.get("prediction_type", "epsilon")} if name == "pndm" else {}


def levels(scheduler: Scheduler) -> tuple[Level, ...]:
    """The noise level of each evaluation. Euler counts noise in σ = √((1 − ᾱ)/ᾱ), at timesteps that may lie between."""
    timesteps = scheduler.timesteps.tolist()
    if isinstance(scheduler, EulerDiscreteScheduler):
        alphas = (1 / (1 + scheduler.sigmas[:-1].double() ** 2)).tolist()
    else:
        alphas = scheduler.alphas_cumprod[scheduler.timesteps].tolist()
    return tuple(Level(timestep, alpha) for timestep, alpha in zip(timesteps, alphas, strict=True))


def step(scheduler: Scheduler, eps: Tensor, timestep: float, latent: Tensor, generator: torch.Generator) -> Tensor:
    """x_{t−1} of one row from x_t and its guided noise, all of the same shape."""
    stochastic = {"generator": generator} if isinstance(scheduler, DDPMScheduler) else {}
    predicted = eps if scheduler.config["prediction_type"] == "epsilon" else _v(scheduler, eps, timestep, latent)
    after: Tensor = scheduler.step(predicted, timestep, latent, return_dict=False, **stochastic)[0]
    return after


def _v(scheduler: Scheduler, eps: Tensor, timestep: float, latent: Tensor) -> Tensor:
    """v = (ε − √(1 − ᾱ) x_t)/√ᾱ: Salimans & Ho, ICLR 2022, §4, solved for v."""
    alpha = scheduler.alphas_cumprod[int(timestep)].to(latent.device)
    predicted: Tensor = (eps - (1 - alpha).sqrt() * latent) / alpha.sqrt()
    return predicted
