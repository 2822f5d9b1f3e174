"""Steering: latents moved, before a step, down the gradient of a loss of the prompt's cross-attention.

All rows that are steered at a step share their forward passes; a row that is refined leaves them when it has reached its
target. It is the loop of diffusers' Attend-and-Excite pipeline, on x_t as the denoiser sees it: α is meant at that scale, and
moves x_t as far under every scheduler.
"""

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import torch
from torch import Tensor

from generation.attention import attention_maps, require_resolution
from generation.denoisers import Conditioning, Denoiser, memory
from generation.methods.rule import PROMPT, Method, Steering, Update
from generation.phrases import phrases_of
from generation.token_groups import PromptTokens, prompt_tokens

if TYPE_CHECKING:
    from generation.sampler import Chain, Row

MOST_ROUNDS = 20
Slope: TypeAlias = tuple[float, Tensor]  # a loss, and its gradient with respect to the latent as the denoiser sees it
Descent: TypeAlias = Generator[Tensor, Slope, Tensor]


@dataclass(frozen=True)
class Aim:
    """What a row is steered by: its method's loss and updates, its settings, and its prompt's tokens."""

    steering: Steering
    settings: Any
    tokens: PromptTokens

    def update(self, index: int, steps: int) -> Update | None:
        return self.steering.update(index, steps, self.settings)

    def loss(self, maps: Tensor) -> Tensor:
        return self.steering.loss(maps, self.tokens, self.settings)


def aim_of(denoiser: Any, row: "Row", method: Method, settings: Any) -> Aim | None:
    """What the row is steered by; None if it is not.

    Raises UnclearPhrases, NoCrossAttention and UnfitResolution for a row that its method cannot steer.
    """
    if method.steering is None:
        return None
    require_resolution(denoiser, denoiser.latent_shape(row.size)[-1], settings.resolution)
    phrases = phrases_of(row.prompt, row.entities)
    if method.steering.needs_modifiers and not any(phrase.modifiers for phrase in phrases):
        return None
    return Aim(method.steering, settings, prompt_tokens(denoiser.tokenizer, row.prompt, phrases))


def steer(
    denoiser: Denoiser,
    chains: Sequence["Chain"],
    index: int,
    conditionings: Mapping[str, Conditioning],
    on_pass: Callable[[], object],
) -> None:
    """Move the latents of those chains whose method has an update before this step; on_pass is called after every pass."""
    walks = [walk for chain in chains if (walk := _walk(chain, index))]
    while walks:
        slopes = _slopes(denoiser, walks, conditionings)
        on_pass()
        walks = [walk for walk, slope in zip(walks, slopes, strict=True) if walk.goes_on(slope)]


def descend(latent: Tensor, update: Update) -> Descent:
    """The latent after the update; asks for the slope at latents on the way.

    A round moves the latent even where it finds the target reached, and is then the last.
    """
    loss, gradient = yield latent
    is_last, rounds = loss <= update.refine_to, 0
    while not is_last:
        rounds += 1
        is_last = loss <= update.refine_to or rounds == MOST_ROUNDS
        latent = latent - update.step_size * gradient
        if is_last and not update.moves:
            return latent
        loss, gradient = yield latent
    return latent - update.step_size * gradient if update.moves else latent


class _Walk:
    """A chain on its way down before a step, and the latent whose slope it asks for."""

    def __init__(self, chain: "Chain", aim: Aim, index: int, update: Update) -> None:
        self.chain, self.aim, self.index = chain, aim, index
        self.descent = descend(chain.seen, update)
        self.latent = next(self.descent)

    def goes_on(self, slope: Slope) -> bool:
        """Take the slope; whether another is asked for. At the end, the chain is moved there."""
        try:
            self.latent = self.descent.send(slope)
        except StopIteration as end:
            self.chain.move_seen_to(end.value, self.index)
            return False
        return True


def _walk(chain: "Chain", index: int) -> _Walk | None:
    aim = chain.aim
    update = aim and aim.update(index, len(chain.levels))
    return _Walk(chain, aim, index, update) if aim and update else None


def _slopes(denoiser: Any, walks: Sequence[_Walk], conditionings: Mapping[str, Conditioning]) -> list[Slope]:
    """Each walk's loss at its latent, and the gradient: from one pass, or from as many as memory asks for."""
    latents = torch.stack([walk.latent for walk in walks])
    found = memory.in_stacks(
        denoiser.unet,  # which holds fewer rows with gradients than the denoiser does without
        lambda rows: _pass(denoiser, walks[rows], latents[rows], conditionings),
        len(walks),
        len(walks),
        latents.shape[1:],
    )
    losses = found[:, 0].tolist()  # all at once: a GPU is waited for once
    return [(loss, row[1:].view_as(latents[0])) for loss, row in zip(losses, found, strict=True)]


def _pass(denoiser: Denoiser, walks: Sequence[_Walk], latents: Tensor, conditionings: Mapping[str, Conditioning]) -> Tensor:
    """Each row's loss, and after it the gradient with respect to the row's latent, shape (rows, 1 + latent's elements)."""
    with torch.enable_grad():
        latents = latents.detach().requires_grad_()
        maps = attention_maps(
            denoiser,
            latents,
            [walk.chain.levels[walk.index] for walk in walks],
            [conditionings[walk.chain.texts[PROMPT]] for walk in walks],
            [walk.aim.settings.resolution for walk in walks],
        )
        losses = torch.stack([walk.aim.loss(own) for walk, own in zip(walks, maps, strict=True)])
        (gradients,) = torch.autograd.grad(losses.sum(), latents)
    return torch.cat([losses.detach()[:, None], gradients.flatten(1)], dim=1)
