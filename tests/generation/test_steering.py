"""Rows that are steered by gradients: how far they go, and that they share passes without touching each other."""

import copy
from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import Tensor

from generation.checkpoints import Loaded
from generation.methods.rule import Update
from generation.phrases import NoPhrases, NotInPrompt
from generation.sampler import Chain, Row, run, sample_latents
from generation.steering import descend, steer
from generation.token_groups import CutOff
from tests.rows import row

RED = "a red ring and a star"
ROUNDS: dict[str, Any] = {"thresholds": {"0": 0.049, "1": 0.049}, "step_size": 200}
GRID = [
    row("attend_and_excite", RED, seed=1, **ROUNDS),
    row("attend_and_excite", "a dog", seed=2, **ROUNDS),
    row("cfg", RED, seed=1),
    row("syngen", RED, seed=1),
    row("syngen", "a blue fly", seed=3, start_step=1),
    replace(row("attend_and_excite", RED, seed=1, **ROUNDS), scheduler="euler", evaluations=2),
]


def calls(checkpoint: Loaded, rows: list[Row]) -> list[int]:
    """How many inputs each call of the UNet has."""
    seen: list[int] = []
    hook = checkpoint.denoiser.unet.register_forward_pre_hook(lambda _unet, inputs: seen.append(len(inputs[0])))
    sample_latents(checkpoint.denoiser, rows)
    hook.remove()
    return seen


def descended(start: float, update: Update) -> tuple[float, int]:
    """Where a descent of the loss x²/2 ends, and how often it asked for its slope."""
    descent = descend(torch.tensor(start), update)
    asked, latent = 0, next(descent)
    while True:
        asked += 1
        try:
            latent = descent.send((latent.item() ** 2 / 2, latent))
        except StopIteration as end:
            return end.value.item(), asked


@pytest.mark.parametrize(
    ("update", "end", "asked"),
    [
        (Update(step_size=0.5), 4, 1),  # from 8, where the loss is 32; every move halves x
        (Update(step_size=0.5, refine_to=32), 4, 1),  # already there: moved once
        (Update(step_size=0.5, refine_to=8), 1, 3),  # the loss is 32, then 8: reached, moved to 2 all the same, then to 1
        (Update(step_size=0.5, refine_to=8, moves=False), 2, 2),  # the slope at 2 would move nothing
        (Update(step_size=0.5, refine_to=32, moves=False), 8, 1),
        (Update(step_size=0.0, refine_to=8), 8, 21),  # 20 rounds at the most, and the last move
        (Update(step_size=0.0, refine_to=8, moves=False), 8, 20),
    ],
)
def test_a_descent_by_hand(update: Update, end: float, asked: int) -> None:
    assert descended(8.0, update) == (end, asked)


def test_a_stacked_grid_equals_its_rows_alone(tiny: Loaded) -> None:
    alone = torch.cat([sample_latents(tiny.denoiser, [one]) for one in GRID])
    torch.testing.assert_close(sample_latents(tiny.denoiser, GRID), alone, rtol=1e-4, atol=1e-4)


def test_the_rows_of_a_step_share_their_passes_and_leave_when_they_are_there(tiny: Loaded) -> None:
    one, other = (row("attend_and_excite", RED, seed=seed, evaluations=1, **ROUNDS) for seed in (1, 4))
    alone = [len(calls(tiny, [one])), len(calls(tiny, [other]))]
    *passes, step = calls(tiny, [one, other])
    shared = min(alone) - 1
    assert 1 < min(alone) < max(alone)
    assert passes == [2] * shared + [1] * (max(alone) - 1 - shared)
    assert step == 4


@pytest.mark.parametrize(("method", "settings"), [("attend_and_excite", ROUNDS), ("syngen", {"step_size": 1000})])
@torch.no_grad()
def test_euler_is_moved_as_far_as_ddim_at_the_same_level(tiny: Loaded, method: str, settings: dict[str, Any]) -> None:
    one = row(method, RED, **settings)
    ddim, euler = (Chain(replace(one, scheduler=name), tiny.denoiser) for name in ("ddim", "euler"))
    assert euler.levels[0].alpha == pytest.approx(ddim.levels[0].alpha)
    start = ddim.seen
    steer(tiny.denoiser, [ddim, euler], 0, tiny.denoiser.encode([RED]), lambda: None)
    assert difference(ddim.seen, start) > 0.01
    torch.testing.assert_close(euler.seen, ddim.seen, rtol=0, atol=1e-4)
    torch.testing.assert_close(euler.latent, euler.seen / euler.levels[0].alpha ** 0.5)  # x_0 + σ ε = x_t / √ᾱ


def test_a_steered_row_leaves_the_noise_of_others_alone(tiny: Loaded) -> None:
    steered, plain = sample_latents(tiny.denoiser, [GRID[0], GRID[2]])
    torch.testing.assert_close(plain, sample_latents(tiny.denoiser, [GRID[2]])[0], rtol=0, atol=1e-4)
    assert (steered - plain).abs().max() > 0.01


def test_every_pass_is_told_and_no_step_more(tiny: Loaded) -> None:
    passes: list[Any] = []
    steps: list[Any] = []
    run(tiny.denoiser, [row("syngen", RED, altered_steps=2)], lambda: steps.append(1), lambda: passes.append(1))
    assert (len(steps), len(passes)) == (3, 2)


def test_passes_that_do_not_fit_into_memory_are_made_in_halves(tiny: Loaded) -> None:
    denoiser = replace(tiny.denoiser, unet=copy.deepcopy(tiny.denoiser.unet))
    denoiser.unet.register_forward_pre_hook(run_out_of_memory)
    rows = [row("syngen", RED, seed=seed) for seed in (1, 2, 3)]
    halved = sample_latents(denoiser, rows)
    torch.testing.assert_close(halved, sample_latents(tiny.denoiser, rows), rtol=0, atol=1e-4)


def run_out_of_memory(_unet: Any, inputs: tuple[Tensor, ...]) -> None:
    """As if the UNet held one row with gradients, and any number without."""
    if torch.is_grad_enabled() and len(inputs[0]) > 1:
        raise torch.OutOfMemoryError("pretended")


def test_entities_say_what_is_to_be_seen(tiny: Loaded) -> None:
    one = row("attend_and_excite", RED)
    by_rule, same, other = sample_latents(
        tiny.denoiser, [one, replace(one, entities=("a red ring", "a star")), replace(one, entities=("a star",))]
    )
    torch.testing.assert_close(by_rule, same, rtol=0, atol=1e-4)
    assert difference(by_rule, other) > 0.001


def difference(first: Tensor, second: Tensor) -> float:
    return (first - second).abs().max().item()


@pytest.mark.parametrize(
    ("prompt", "entities", "error"),
    [("running", (), NoPhrases), (RED, ("a cat",), NotInPrompt), ("a red circle and a purple heart", (), CutOff)],
)
def test_a_row_whose_phrases_are_unclear_is_refused_before_anything_is_sampled(
    tiny: Loaded, prompt: str, entities: tuple[str, ...], error: type[Exception]
) -> None:
    with pytest.raises(error):
        calls(tiny, [replace(row("attend_and_excite", prompt), entities=entities)])
