"""The one denoising loop: rows of any methods, stacked into one call of the denoiser per step.

Every row keeps its own rule, scheduler and generator, so its image does not depend on the rows it is stacked with.
"""

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from generation import methods, schedulers
from generation.denoisers import Conditioning, Denoiser, LatentDenoiser, memory
from generation.methods.rule import Level, Look, Moment, Predictions, Step
from generation.steering import aim_of, steer

OnStep = Callable[[], object]  # called after every step, that is after each row's scheduler stepped, or a row was decoded
OnPass = Callable[[], object]  # called after every pass with gradients, of which a step may take many
Traces = dict[str, list[float]]


@dataclass(frozen=True)
class Row:
    """One image to be made: a prompt and a seed under one condition.

    size: width and height in pixels. entities: the phrases of the prompt that must be seen; found by rule if there are none.
    """

    prompt: str
    seed: int
    method: str
    settings: Mapping[str, Any]
    scheduler: str
    evaluations: int
    size: int
    entities: tuple[str, ...] = ()


@dataclass(frozen=True)
class Drawn:
    """A row's image, shape (size, size, 3), and what its rule traced: numbers of every step, by name."""

    pixels: NDArray[np.uint8]
    traces: Traces


class UnfitRows(ValueError):
    """Rows that cannot be sampled together."""


class NotFinite(ArithmeticError):
    """Rows whose values overflowed; the others of their batch may be sampled again without them."""

    def __init__(self, rows: list[Row]) -> None:
        self.rows = rows
        told = "; ".join(f"“{row.prompt}”, seed {row.seed}, {row.method} {dict(row.settings)}" for row in rows)
        super().__init__(
            f"Sampling gave values that are no finite numbers; use a smaller guidance scale or float32 weights for: {told}."
        )


@dataclass(eq=False)
class Chain:
    """A row on its way from noise to image: its rule, its scheduler, its generator and its latent."""

    row: Row
    denoiser: Denoiser
    traces: Traces = field(default_factory=dict)

    def __post_init__(self) -> None:
        row = self.row
        methods.require_fit(row.method, row.scheduler)
        self.method = methods.find(row.method)
        self.settings = methods.parse(self.method.settings, row.settings)
        self.state = self.method.start(self.settings)
        self.texts = self.method.texts(row.prompt, self.settings)
        self.scheduler = schedulers.start(row.scheduler, self.denoiser.scheduler_config, row.evaluations)
        self.levels = schedulers.levels(self.scheduler)
        self.generator = torch.Generator().manual_seed(row.seed)
        self.latent = initial_noise(self.denoiser, row.size, self.generator) * self.scheduler.init_noise_sigma
        self.aim = aim_of(self.denoiser, row, self.method, self.settings)
        self.move_to(self.latent, 0)

    def scaled(self, latent: Tensor, index: int) -> Tensor:
        """A latent as the denoiser sees it: at the scale at which its noise level says √ᾱ x_0 + √(1 − ᾱ) ε."""
        seen: Tensor = self.scheduler.scale_model_input(latent, self.levels[index].timestep)
        return seen

    def move_to(self, latent: Tensor, index: int) -> None:
        """Be at this latent before the step of that index."""
        self.latent, self.seen = latent, self.scaled(latent, index)

    def move_seen_to(self, seen: Tensor, index: int) -> None:
        """Be where the denoiser sees this latent before the step of that index."""
        self.latent, self.seen = seen / self.scaled(seen.new_ones(()), index), seen

    def starts_like(self) -> tuple[int, float, float]:
        """Equal for chains that the denoiser sees equal at their first step."""
        return self.row.seed, float(self.scheduler.init_noise_sigma), self.levels[0].timestep

    def step(self, index: int) -> Generator[Look, Predictions, None]:
        """One step: asks for the predictions of latents at levels, is sent them, and moves the latent on."""
        moment = Moment(index, self.levels, self.seen)
        eps = yield Look(moment.latent, moment.level)
        eps = yield from self.method.look_ahead(eps, moment, self.settings)
        for name, value in self.method.trace(self.state, self.settings).items():
            self.traces.setdefault(name, []).append(value)
        guided = self.method.guide(eps, self.state, self.settings)
        self.latent = schedulers.step(self.scheduler, guided, moment.level.timestep, self.latent, self.generator)
        if index + 1 < len(self.levels):
            self.move_to(self.latent, index + 1)
            self.state = self.method.after_step(self.state, Step(moment, eps, self.seen), self.settings)


def fault_of(denoiser: Denoiser, row: Row) -> Exception | None:
    """Why a row cannot be started with this denoiser; None if it can."""
    try:
        Chain(row, denoiser)
    except Exception as error:
        return error
    return None


def initial_noise(denoiser: Denoiser, size: int, generator: torch.Generator) -> Tensor:
    """x_T in the denoiser's latent shape: always drawn on the CPU and in float32, so that a seed means the same noise on
    every machine, alone and in a batch."""
    return torch.randn(denoiser.latent_shape(size), generator=generator).to(denoiser.device, denoiser.precision)


def sample(
    denoiser: LatentDenoiser, rows: Sequence[Row], on_step: OnStep = lambda: None, on_pass: OnPass = lambda: None
) -> list[Drawn]:
    """The rows' images. Raises as sample_latents does."""
    chains = run(denoiser, rows, on_step, on_pass)
    with torch.no_grad():
        pixels = denoiser.decode(torch.stack([chain.latent for chain in chains]), on_step)
    _require_finite(rows, pixels)
    images = (pixels * 255).round().to(torch.uint8).permute(0, 2, 3, 1).cpu().numpy()
    return [Drawn(image, chain.traces) for image, chain in zip(images, chains, strict=True)]


def sample_latents(denoiser: Denoiser, rows: Sequence[Row], on_step: OnStep = lambda: None) -> Tensor:
    """The rows' latents x_0, shape (rows, *latent shape), in the denoiser's precision.

    Raises UnfitRows, UnfitSize, NotFinite, and what the registry of methods, the schedulers and steering raise for a bad row.
    """
    return torch.stack([chain.latent for chain in run(denoiser, rows, on_step)])


@torch.no_grad()
def run(denoiser: Denoiser, rows: Sequence[Row], on_step: OnStep, on_pass: OnPass = lambda: None) -> list[Chain]:
    """The rows' chains at their end. Raises as sample_latents does."""
    chains = _start(denoiser, rows)
    conditionings = denoiser.encode([text for chain in chains for text in chain.texts.values()])
    for index in range(max(len(chain.levels) for chain in chains)):
        going = [chain for chain in chains if index < len(chain.levels)]
        steer(denoiser, going, index, conditionings, on_pass)
        _step_together(denoiser, going, index, conditionings)
        on_step()
    _require_finite(rows, torch.stack([chain.latent for chain in chains]))
    return chains


def _start(denoiser: Denoiser, rows: Sequence[Row]) -> list[Chain]:
    """A chain for each row; those that start alike share the tensors of their noise, so that predictions are made once."""
    if len({row.size for row in rows}) != 1:
        raise UnfitRows(f"Sample rows of one size, not of {sorted({row.size for row in rows}) or 'none'}.")
    chains = [Chain(row, denoiser) for row in rows]
    first = {chain.starts_like(): (chain.latent, chain.seen) for chain in chains}
    for chain in chains:
        chain.latent, chain.seen = first[chain.starts_like()]
    return chains


def _step_together(denoiser: Denoiser, chains: Sequence[Chain], index: int, conditionings: Mapping[str, Conditioning]) -> None:
    """Take every chain one step further; what they ask at the same time is asked in one call."""
    steps = [(chain, chain.step(index)) for chain in chains]
    asking = [(chain, step, next(step)) for chain, step in steps]
    while asking:
        predictions = _predict(denoiser, [(chain, look) for chain, _, look in asking], conditionings)
        answered = [(chain, step, _send(step, eps)) for (chain, step, _), eps in zip(asking, predictions, strict=True)]
        asking = [(chain, step, look) for chain, step, look in answered if look is not None]


def _send(step: Generator[Look, Predictions, None], eps: Predictions) -> Look | None:
    """The next look that the step asks for, None if it is done."""
    try:
        return step.send(eps)
    except StopIteration:
        return None


def _predict(
    denoiser: Denoiser, asked: Sequence[tuple[Chain, Look]], conditionings: Mapping[str, Conditioning]
) -> list[Predictions]:
    """What each chain's rule needs to know of its look, all from one call in which equal inputs stand once."""
    latents = {id(look.latent): look.latent for _, look in asked}
    wanted = [
        {prediction: (id(look.latent), look.level, text) for prediction, text in chain.texts.items()} for chain, look in asked
    ]
    distinct: list[tuple[int, Level, str]] = list(dict.fromkeys(key for keys in wanted for key in keys.values()))
    noise = memory.predict(
        denoiser,
        torch.stack([latents[latent] for latent, _, _ in distinct]),
        [level for _, level, _ in distinct],
        [conditionings[text] for _, _, text in distinct],
    )
    by_key = dict(zip(distinct, noise, strict=True))
    return [{prediction: by_key[key] for prediction, key in keys.items()} for keys in wanted]


def _require_finite(rows: Sequence[Row], values: Tensor) -> None:
    finite = values.isfinite().flatten(1).all(dim=1).tolist()
    if not all(finite):
        raise NotFinite([row for row, is_finite in zip(rows, finite, strict=True) if not is_finite])
