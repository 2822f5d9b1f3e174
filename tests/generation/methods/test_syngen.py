"""SynGen: its losses by hand, and its steps against a transcription that takes the attention from diffusers' own store."""

import math
from collections.abc import Callable
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any, cast

import pytest
import torch
from diffusers.pipelines.deprecated.stable_diffusion_attend_and_excite.pipeline_stable_diffusion_attend_and_excite import (
    AttendExciteAttnProcessor,
    AttentionStore,
)
from diffusers.pipelines.stable_diffusion.pipeline_stable_diffusion import StableDiffusionPipeline
from torch import Tensor
from torch.distributions import Categorical, kl_divergence

from generation import schedulers
from generation.denoisers.stable_diffusion import StableDiffusion
from generation.methods import parse, syngen
from generation.methods.rule import Update
from generation.sampler import Row, sample_latents
from generation.token_groups import PromptTokens, TokenGroup

ATTENTION_STORE, PROCESSOR = cast("tuple[Any, Any]", (AttentionStore, AttendExciteAttnProcessor))  # neither has types
SETTINGS = parse(syngen.Settings, {})
ROW = Row("a red ring and a dim big star", 5, "syngen", {"resolution": 4, "altered_steps": 4, "step_size": 100}, "ddim", 6, 64)
PLAIN = replace(ROW, method="cfg", settings={})

# Cells are attended in the proportions of each column. With p = (3/4, 1/4) and q = (1/4, 3/4) on two cells of equal share,
# ½ KL(p‖q) + ½ KL(q‖p) = ½ Σ (p − q)(ln p − ln q) = ½ · 2 · ½ · ln 3 = ½ ln 3; to the uniform u = (1/2, 1/2) it is
# ½ (¼ ln(3/2) + ¼ ln 2) = ⅛ ln 3. Over 2×2 cells whose rows are alike, both stay as they are.
P, Q, U = (3.0, 1.0), (1.0, 3.0), (1.0, 1.0)


def maps(*columns: tuple[float, float]) -> Tensor:
    """Maps of 2×2 cells, shape (2, 2, tokens), from what the tokens' upper and lower cells get; the start token first."""
    tokens = torch.tensor([(9.0, 1.0), *columns])
    return tokens.T[:, None, :].expand(2, 2, -1) / 100


def one_phrase(tokens: int, noun: tuple[int, ...], *modifiers: tuple[int, ...]) -> PromptTokens:
    return PromptTokens((TokenGroup(noun, modifiers),), tuple(range(1, tokens + 1)))


@pytest.mark.parametrize(
    ("columns", "noun", "modifiers", "expected"),
    [
        ((P, Q), (2,), [(1,)], math.log(3) / 2),  # nothing outside: the positive loss alone
        ((P, P), (2,), [(1,)], 0),
        ((P, U, P), (3,), [(1,)], -math.log(3) / 8),  # ½(⅛ + ⅛) ln 3 away from the token between
        ((P, P, Q, U), (2,), [(1,)], -(1 / 2 + 1 / 8) / 2 * math.log(3)),  # the mean over two outside
        ((P, Q, U, P), (2, 3), [(1,)], (1 / 2 - (1 / 2 + 0) / 2) * math.log(3)),  # the largest over the noun's two tokens
        ((P, Q, P), (3,), [(1,), (2,)], (0 + 1 / 2) * math.log(3)),  # two modifiers, none outside
    ],
)
def test_the_loss_by_hand(columns: Any, noun: tuple[int, ...], modifiers: list[tuple[int, ...]], expected: float) -> None:
    tokens = one_phrase(len(columns), noun, *modifiers)
    assert syngen.loss(maps(*columns), tokens, SETTINGS).item() == pytest.approx(expected, abs=1e-6)


def test_a_phrase_without_a_modifier_adds_nothing() -> None:
    phrases = (TokenGroup((2,), ((1,),)), TokenGroup((3,)))
    with_it = syngen.loss(maps(P, Q, U), PromptTokens(phrases, (1, 2, 3)), SETTINGS)
    assert with_it == syngen.loss(maps(P, Q, U), PromptTokens(phrases[:1], (1, 2, 3)), SETTINGS)
    assert syngen.loss(maps(P, Q, U), PromptTokens(phrases[1:], (1, 2, 3)), SETTINGS) == 0


def test_a_cell_that_is_never_attended_leaves_the_loss_finite() -> None:
    assert syngen.loss(maps((1.0, 0.0), (0.0, 1.0)), one_phrase(2, (2,), (1,)), SETTINGS).isfinite()


@pytest.fixture(scope="module")
def denoiser(tiny_folder: Path) -> StableDiffusion:
    pipeline: Any = StableDiffusionPipeline.from_pretrained(tiny_folder).to(torch.float64)
    parts = {part: getattr(pipeline, part) for part in ("tokenizer", "text_encoder", "unet", "vae")}
    return StableDiffusion(**parts, scheduler_config=pipeline.scheduler.config, precision=torch.float64)


def distance(one: Tensor, other: Tensor) -> Tensor:
    p, q = Categorical(probs=one.flatten()), Categorical(probs=other.flatten())
    return (kl_divergence(p, q) + kl_divergence(q, p)) / 2


def transcribed_loss(attention: Tensor) -> Tensor:
    """The loss of ROW's prompt, whose letters are its tokens: a 1, red 2–4, ring 5–8, and 9–11, a 12, dim 13–15, …"""
    total = torch.zeros((), dtype=torch.float64)
    for noun, modifiers in ((range(5, 9), [range(2, 5)]), (range(19, 23), [range(13, 16), range(16, 19)])):
        inside = {*noun, *(token for modifier in modifiers for token in modifier)}
        outside = [token for token in range(1, 23) if token not in inside]
        for modifier in modifiers:
            total = total + max(distance(attention[..., m], attention[..., n]) for m, n in product(modifier, noun))
            for word in (noun, modifier):
                away = [max(distance(attention[..., w], attention[..., u]) for w in word) for u in outside]
                total = total - sum(away) / len(outside) / 2
    return total


def stored_attention(unet: Any) -> Callable[[], Tensor]:
    """What diffusers' Attend-and-Excite pipeline reads of the UNet's last forward pass with gradients, at 4×4 cells."""
    store: Any = ATTENTION_STORE((4, 4))
    places = {name: name.split("_")[0] for name in unet.attn_processors}
    store.num_att_layers = len(places)
    unet.set_attn_processor({name: PROCESSOR(store, place) for name, place in places.items()})
    return lambda: store.aggregate_attention(["up", "down", "mid"])


def transcribed(denoiser: StableDiffusion, row: Row) -> Tensor:
    """x_0 of the row: a gradient step on x_t as the UNet sees it and guidance by cfg, each step."""
    scheduler = schedulers.start(row.scheduler, denoiser.scheduler_config, row.evaluations)
    attention, texts = stored_attention(denoiser.unet), denoiser.encode(["", row.prompt])
    empty, prompt = texts[""][None].detach(), texts[row.prompt][None].detach()
    noise = torch.randn(1, 4, 8, 8, generator=torch.Generator().manual_seed(row.seed)).double()
    latent = noise * scheduler.init_noise_sigma
    for index, timestep in enumerate(scheduler.timesteps):
        seen = scheduler.scale_model_input(latent, timestep)
        if index < row.settings["altered_steps"]:
            seen = seen.detach().requires_grad_()
            denoiser.unet(seen, timestep, prompt)
            (gradient,) = torch.autograd.grad(transcribed_loss(attention()), seen)
            seen = (seen - row.settings["step_size"] * gradient).detach()
            latent = seen * (1 + scheduler.sigmas[index] ** 2) ** 0.5 if row.scheduler == "euler" else seen
        with torch.no_grad():
            away, towards = (denoiser.unet(seen, timestep, text).sample for text in (empty, prompt))
            latent = scheduler.step(away + 7.5 * (towards - away), timestep, latent).prev_sample
    end: Tensor = latent[0]
    return end


@pytest.mark.parametrize("scheduler", ["ddim", "euler"])
def test_a_row_equals_a_transcription(denoiser: StableDiffusion, scheduler: str) -> None:
    row = replace(ROW, scheduler=scheduler)
    steered, plain = sample_latents(denoiser, [row, replace(PLAIN, scheduler=scheduler)])
    expected = transcribed(denoiser, row)
    torch.testing.assert_close(steered, expected, rtol=0, atol=1e-8)
    assert (steered - plain).abs().max() > 0.01


def test_a_prompt_without_modifiers_is_drawn_as_by_cfg(denoiser: StableDiffusion) -> None:
    steered, plain = sample_latents(denoiser, [replace(row, prompt="a ring and a star") for row in (ROW, PLAIN)])
    assert torch.equal(steered, plain)


def test_updates_are_made_at_the_altered_steps_alone() -> None:
    settings = parse(syngen.Settings, {"start_step": 5})
    assert [index for index in range(41) if syngen.update(index, 41, settings)] == list(range(5, 25))
    assert syngen.update(5, 41, settings) == Update(step_size=20.0)
