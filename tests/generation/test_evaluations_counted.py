"""How often a row of each method asks the UNet: counted at the UNet itself."""

from collections.abc import Sequence
from typing import Any

import pytest

from generation.checkpoints import Loaded
from generation.methods import METHODS
from generation.sampler import Row, sample_latents
from tests.rows import row

STEPS = 6
PER_STEP = {"cfg": 2, "negative_prompt": 2, "auto_dnp": 2, "dnp": 2, "np_uncond": 2, "dns": 2, "dng": 2, "sld": 3}
STEERED: dict[str, dict[str, Any]] = {"attend_and_excite": {"refine": False}, "syngen": {}}
OTHERS = {"answer"}


def evaluations(checkpoint: Loaded, rows: Sequence[Row]) -> list[int]:
    """How many inputs each call of the UNet evaluates."""
    seen: list[int] = []
    hook = checkpoint.denoiser.unet.register_forward_pre_hook(lambda _unet, inputs: seen.append(len(inputs[0])))
    sample_latents(checkpoint.denoiser, rows)
    hook.remove()
    return seen


def test_every_method_is_counted() -> None:
    assert {*PER_STEP, *STEERED, *OTHERS} == set(METHODS)


@pytest.mark.parametrize("method", PER_STEP)
def test_a_row_evaluates_at_every_step_what_its_rule_needs(tiny: Loaded, method: str) -> None:
    assert evaluations(tiny, [row(method, evaluations=STEPS)]) == [PER_STEP[method]] * STEPS


@pytest.mark.parametrize("method", STEERED)
def test_a_steered_row_evaluates_its_prompt_once_more_before_every_altered_step(tiny: Loaded, method: str) -> None:
    steered = row(method, "a red ring", evaluations=STEPS, start_step=1, altered_steps=3, **STEERED[method])
    assert evaluations(tiny, [steered]) == [2, 1, 2, 1, 2, 2, 2, 2]


def test_rounds_cost_a_pass_each_and_the_move_after_them_one_more(tiny: Loaded) -> None:
    never_there: dict[str, Any] = {"thresholds": {"0": 1}, "step_size": 0}
    for altered, passes in ((0, 20), (1, 21)):  # twenty rounds at the most
        steered = row("attend_and_excite", evaluations=2, altered_steps=altered, **never_there)
        assert evaluations(tiny, [steered]) == [1] * passes + [2, 2]


def test_a_guided_base_costs_dng_a_third_evaluation(tiny: Loaded) -> None:
    assert evaluations(tiny, [row("dng", evaluations=STEPS, base="guided")]) == [3] * STEPS


def test_answer_evaluates_two_and_two_for_each_step_of_its_mini_chain(tiny: Loaded) -> None:
    seen = evaluations(tiny, [row("answer", evaluations=STEPS, mini_steps=3, until=0.5)])
    assert sum(seen) == 3 * (2 + 2 * 3) + 3 * 2  # K = 3 in the first half of six steps, then 0
    assert seen == [2] * (3 * 4 + 3)


def test_a_mini_chain_ends_where_the_chain_does(tiny: Loaded) -> None:
    seen = evaluations(tiny, [row("answer", evaluations=3, mini_steps=3, until=1)])
    assert sum(seen) == (2 + 2 * 2) + (2 + 2 * 1) + 2  # K of 2, 1, 0: two, one and no level are left


def test_a_mixed_grid_evaluates_what_its_first_step_shares_once(tiny: Loaded) -> None:
    grid = [
        row(method, seed=seed, evaluations=STEPS) for seed in (1, 2) for method in ("cfg", "negative_prompt", "sld", "answer")
    ]
    first, *others = evaluations(tiny, grid)
    assert first == 2 * len({"empty", "prompt", "negative", "concept"})
    assert sum([first, *others]) == first + 2 * (STEPS - 1) * (2 + 2 + 3 + 2) + 2 * 3 * 2 * 3


def test_another_timestep_at_the_first_step_shares_nothing(tiny: Loaded) -> None:
    first, *_ = evaluations(tiny, [row("cfg", evaluations=2), row("cfg", evaluations=3)])
    assert first == 4
