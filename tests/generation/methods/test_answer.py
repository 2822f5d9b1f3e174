"""ANSWER: by hand, and against a transcription in float64 on a Gaussian mixture."""

import dataclasses
import math

import pytest
import torch
from torch import Tensor

from generation.checkpoints import Loaded
from generation.denoisers.gaussian_mixture import GaussianMixture
from generation.methods import answer
from generation.methods.rule import EMPTY, NEGATIVE, PROMPT, Level, Look, Moment, Predictions
from generation.sampler import Row, sample_latents
from generation.schedulers import levels, start
from tests.mixtures import three_components

LEVELS = (Level(900, 0.2), Level(600, 0.5), Level(300, 0.8), Level(1, 0.99))
ONE = answer.Settings(scale=2.0, mini_steps=1)


def pair(first: float, second: float) -> Tensor:
    return torch.tensor([[[first, second]]])


def walk(eps: Predictions, moment: Moment, there: Predictions) -> tuple[Look, Predictions]:
    """What a mini-chain of one step asks for, and what it returns when it is told what is there."""
    asking = answer.look_ahead(eps, moment, ONE)
    look = next(asking)
    with pytest.raises(StopIteration) as done:
        asking.send(there)
    return look, done.value.value


def test_a_mini_chain_of_one_step_by_hand() -> None:
    here = {EMPTY: pair(1.0, 3.0), PROMPT: pair(0.0, 1.0)}
    there = {EMPTY: pair(2.0, 6.0), PROMPT: pair(1.0, 1.0)}
    look, seen = walk(here, Moment(0, LEVELS, pair(1.0, 0.0)), there)
    # DNS at x_t: ε_p + 2(ε_∅ − ε_p) = (2, 5); x_0 = (x − √.8 ε)/√.2 = (−1.7639, −10); x_n = √.5 x_0 + √.5 ε
    expected = pair(math.sqrt(0.5) * (-1.7639320 + 2), math.sqrt(0.5) * (-10 + 5))
    torch.testing.assert_close(look.latent, expected, rtol=0, atol=1e-6)
    assert look.level == LEVELS[1]
    # ε⁻ = (1, 1) + 2 (1, 5) = (3, 11), mean 7; its spread is 4 times that of ε_∅ = (1, 3), mean 2: ε_neg = ε_∅ again
    torch.testing.assert_close(seen[NEGATIVE], pair(1.0, 3.0))
    assert torch.equal(answer.guide(seen, ONE), pair(-1.0, -1.0))  # (1, 3) + 2 ((0, 1) − (1, 3))


def test_the_normalised_noise_by_hand() -> None:
    noise = torch.tensor([[[1.0, 2.0], [3.0, 4.0]]])  # mean 2.5, deviations ∓1.5, ∓.5
    like = torch.tensor([[[10.0, 30.0], [50.0, 70.0]]])  # mean 40; 20 times as spread
    torch.testing.assert_close(answer.normalised(noise, like), like)
    torch.testing.assert_close(answer.normalised(-noise, like), 80 - like)


def test_mini_chains_are_those_of_the_first_half_and_never_leave_the_chain() -> None:
    longer = dataclasses.replace(ONE, mini_steps=3)
    assert [len(answer.mini_chain(Moment(i, LEVELS, pair(0, 0)), longer)) for i in range(4)] == [3, 2, 0, 0]
    whole = dataclasses.replace(longer, until=1.0)
    assert [len(answer.mini_chain(Moment(i, LEVELS, pair(0, 0)), whole)) for i in range(4)] == [3, 2, 1, 0]


def test_a_level_that_pndm_evaluates_twice_is_one_step_of_the_mini_chain() -> None:
    path = levels(start("pndm", three_components().scheduler_config, 41))
    assert path[1] == path[2]
    two = answer.Settings(mini_steps=2)
    assert answer.mini_chain(Moment(0, path, pair(0, 0)), two) == [path[1], path[3]]
    assert answer.mini_chain(Moment(1, path, pair(0, 0)), two) == [path[3], path[4]]


def test_without_mini_chains_it_is_cfg(tiny: Loaded) -> None:
    rows = [
        Row("a red ring", 5, method, settings, "ddim", 41, 64)
        for method, settings in (("answer", {"mini_steps": 0}), ("cfg", {}))
    ]
    without, cfg = sample_latents(tiny.denoiser, rows)
    assert torch.equal(without, cfg)


def transcription(mixture: GaussianMixture, row: Row, mini_steps: int) -> Tensor:
    """The rule of the module's docstring line by line, with DDIM written out."""
    s = row.settings["scale"]
    path = [level.alpha for level in levels(start("ddim", mixture.scheduler_config, row.evaluations))]
    final = float(start("ddim", mixture.scheduler_config, row.evaluations).final_alpha_cumprod)
    texts = mixture.encode(["", row.prompt])

    def predicted(x: Tensor, a: float) -> list[Tensor]:
        return [mixture.predict(x[None], [Level(0, a)], [mask])[0] for mask in texts.values()]

    def moved(x: Tensor, e: Tensor, a: float, b: float) -> Tensor:
        return math.sqrt(b / a) * x + (math.sqrt(1 - b) - math.sqrt(b * (1 - a) / a)) * e

    x = torch.randn(2, 1, 1, generator=torch.Generator().manual_seed(row.seed)).double()
    for i, a in enumerate(path):
        empty, prompt = predicted(x, a)
        origin, copy, opposite = empty, x, prompt + s * (empty - prompt)
        if i < len(path) / 2 and mini_steps:
            for b, c in zip(path[i : i + mini_steps], path[i + 1 : i + mini_steps + 1], strict=True):
                copy = moved(copy, opposite, b, c)
                there = predicted(copy, c)
                opposite = there[1] + s * (there[0] - there[1])
            origin = (opposite - opposite.mean()) / opposite.std() * empty.std() + empty.mean()
        x = moved(x, origin + s * (prompt - origin), a, path[i + 1] if i + 1 < len(path) else final)
    return x


@pytest.mark.parametrize("mini_steps", [0, 1, 3])
def test_the_loop_equals_the_transcription(mini_steps: int) -> None:
    mixture = three_components()
    row = Row("b", 4, "answer", {"scale": 1.5, "mini_steps": mini_steps}, "ddim", 41, 1)
    (ours,) = sample_latents(mixture, [row])
    torch.testing.assert_close(ours, transcription(mixture, row, mini_steps), rtol=0, atol=1e-5)
