"""The one denoising loop: rows of any methods, stacked into one UNet call per step.

Every row keeps its own rule, scheduler and generator, so its image does not depend on the rows it is stacked with.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from generation import methods, schedulers
from generation.checkpoints import Loaded
from generation.denoisers import decode, encode, predict_noise
from generation.methods.rule import Prediction, Predictions

OnStep = Callable[[], object]  # called after every step, that is a UNet call or the decoding of a row


@dataclass(frozen=True)
class Row:
    """One image to be made: a prompt and a seed under one condition; size is width and height in pixels."""

    prompt: str
    seed: int
    method: str
    settings: Mapping[str, Any]
    scheduler: str
    evaluations: int
    size: int


class UnfitRows(ValueError):
    """Rows that cannot be sampled together with this checkpoint."""


class NotFinite(ArithmeticError):
    """Rows whose values overflowed; the others of their batch may be sampled again without them."""

    def __init__(self, rows: list[Row]) -> None:
        self.rows = rows
        told = "; ".join(f"“{row.prompt}”, seed {row.seed}, {row.method} {dict(row.settings)}" for row in rows)
        super().__init__(
            f"Sampling gave values that are no finite numbers; use a smaller guidance scale or float32 weights for: {told}."
        )


class Chain:
    """A row on its way from noise to image: its rule, its scheduler, its generator and its latent."""

    def __init__(self, row: Row, checkpoint: Loaded) -> None:
        self.method = methods.find(row.method)
        self.settings = methods.parse(self.method.Settings, row.settings)
        self.texts = {need: _text(need, row, self.settings) for need in self.method.NEEDS}
        self.scheduler = schedulers.start(row.scheduler, checkpoint.scheduler_config, row.evaluations)
        self.timesteps: list[int] = self.scheduler.timesteps.tolist()
        self.generator = torch.Generator().manual_seed(row.seed)
        self.latent = initial_noise(checkpoint, row.size, self.generator)

    def inputs(self, index: int) -> dict[Prediction, tuple[int, int, str]]:
        """What each prediction is made of at this step; equal for equal latents, timesteps and texts."""
        return {need: (id(self.latent), self.timesteps[index], text) for need, text in self.texts.items()}

    def step(self, index: int, eps: Predictions) -> None:
        guided = self.method.guide(eps, self.settings)
        self.latent = schedulers.step(self.scheduler, guided, self.timesteps[index], self.latent, self.generator)


def initial_noise(checkpoint: Loaded, size: int, generator: torch.Generator) -> Tensor:
    """x_T, shape (channels, size / downscale, size / downscale): always drawn on the CPU and in float32, so that a seed
    means the same noise on every machine, alone and in a batch."""
    side = size // checkpoint.downscale
    return torch.randn(checkpoint.unet.config["in_channels"], side, side, generator=generator).to(checkpoint.device)


def sample(checkpoint: Loaded, rows: Sequence[Row], on_step: OnStep = lambda: None) -> list[NDArray[np.uint8]]:
    """The rows' images, each of shape (size, size, 3). Raises as sample_latents does."""
    latents = sample_latents(checkpoint, rows, on_step)
    with torch.no_grad():
        pixels = decode(checkpoint, latents, on_step)
    _require_finite(rows, pixels)
    return list((pixels * 255).round().to(torch.uint8).permute(0, 2, 3, 1).cpu().numpy())


@torch.no_grad()
def sample_latents(checkpoint: Loaded, rows: Sequence[Row], on_step: OnStep = lambda: None) -> Tensor:
    """The rows' latents x_0 in float32, shape (rows, channels, size / downscale, size / downscale).

    Raises UnfitRows, NotFinite, and what the registry of methods and the schedulers raise for a faulty row.
    """
    _require_one_size(checkpoint, rows)
    chains = _start(checkpoint, rows)
    embeddings = encode(checkpoint, [text for chain in chains for text in chain.texts.values()])
    steps = max(len(chain.timesteps) for chain in chains)
    for index in range(steps):
        unfinished = [chain for chain in chains if index < len(chain.timesteps)]
        predictions = _predict(checkpoint, unfinished, index, embeddings)
        for chain, eps in zip(unfinished, predictions, strict=True):
            chain.step(index, eps)
        on_step()
    latents = torch.stack([chain.latent for chain in chains])
    _require_finite(rows, latents)
    return latents


def _start(checkpoint: Loaded, rows: Sequence[Row]) -> list[Chain]:
    """A chain for each row; rows of one seed share the tensor of their noise, so that their first step shares predictions."""
    chains = [Chain(row, checkpoint) for row in rows]
    noises = {row.seed: chain.latent for row, chain in zip(rows, chains, strict=True)}
    for row, chain in zip(rows, chains, strict=True):
        chain.latent = noises[row.seed]
    return chains


def _predict(checkpoint: Loaded, chains: list[Chain], index: int, embeddings: Mapping[str, Tensor]) -> list[Predictions]:
    """What each chain's rule needs, all from one UNet call in which equal inputs stand once."""
    latents = {id(chain.latent): chain.latent for chain in chains}
    inputs = [chain.inputs(index) for chain in chains]
    distinct = list(dict.fromkeys(key for wanted in inputs for key in wanted.values()))
    noise = predict_noise(
        checkpoint,
        torch.stack([latents[latent] for latent, _, _ in distinct]),
        [timestep for _, timestep, _ in distinct],
        torch.stack([embeddings[text] for _, _, text in distinct]),
    )
    by_input = dict(zip(distinct, noise, strict=True))
    return [{need: by_input[key] for need, key in wanted.items()} for wanted in inputs]


def _text(need: Prediction, row: Row, settings: Any) -> str:
    """The text that a prediction is conditioned on."""
    match need:
        case Prediction.EMPTY:
            return ""
        case Prediction.PROMPT:
            return row.prompt
        case Prediction.NEGATIVE:
            return str(settings.negative)


def _require_one_size(checkpoint: Loaded, rows: Sequence[Row]) -> None:
    sizes = {row.size for row in rows}
    if len(sizes) != 1 or any(size < 1 or size % checkpoint.downscale for size in sizes):
        raise UnfitRows(
            f"Sample rows of one size, a multiple of {checkpoint.downscale} pixels, not {sorted(sizes) or 'no rows'}."
        )


def _require_finite(rows: Sequence[Row], values: Tensor) -> None:
    finite = values.isfinite().flatten(1).all(dim=1).tolist()
    if not all(finite):
        raise NotFinite([row for row, is_finite in zip(rows, finite, strict=True) if not is_finite])
