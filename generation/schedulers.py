"""Schedulers by name: how a latent steps from one noise level to the next. None of them scales the UNet's input."""

from collections.abc import Mapping
from typing import Any, TypeAlias

import torch
from diffusers.schedulers.scheduling_ddim import DDIMScheduler
from diffusers.schedulers.scheduling_ddpm import DDPMScheduler
from diffusers.schedulers.scheduling_pndm import PNDMScheduler
from torch import Tensor

from generation.evaluations import STEPS_OFFSET, require_fit

Scheduler: TypeAlias = Any  # diffusers' schedulers share no typed interface
SCHEDULERS: dict[str, Any] = {"ddim": DDIMScheduler, "pndm": PNDMScheduler, "ddpm": DDPMScheduler}

# What StableDiffusionPipeline insists on, whatever a checkpoint's file says; and no Runge-Kutta steps, which would cost
# PNDM four evaluations each.
STABLE_DIFFUSION = {"clip_sample": False, "steps_offset": STEPS_OFFSET, "skip_prk_steps": True}


class UnknownScheduler(LookupError):
    """A name that is no scheduler's."""


def start(name: str, config: Mapping[str, Any], evaluations: int) -> Scheduler:
    """A fresh scheduler of that name, whose `timesteps` are as many as the UNet evaluations wanted.

    PNDM evaluates its second timestep twice, so it is asked for one step less.
    Raises UnknownScheduler and UnfitEvaluations.
    """
    if name not in SCHEDULERS:
        raise UnknownScheduler(f"There is no scheduler “{name}”; choose one of: {', '.join(SCHEDULERS)}.")
    scheduler = SCHEDULERS[name].from_config({**config, **STABLE_DIFFUSION})
    require_fit(name, evaluations, scheduler.config["num_train_timesteps"])
    scheduler.set_timesteps(evaluations - 1 if name == "pndm" else evaluations)
    return scheduler


def step(scheduler: Scheduler, eps: Tensor, timestep: int, latent: Tensor, generator: torch.Generator) -> Tensor:
    """x_{t−1} of one row from x_t and its guided noise, all of shape (channels, height, width)."""
    stochastic = {"generator": generator} if isinstance(scheduler, DDPMScheduler) else {}
    after: Tensor = scheduler.step(eps, timestep, latent, return_dict=False, **stochastic)[0]
    return after
