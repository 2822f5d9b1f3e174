from typing import Any

import pytest
import torch

from generation.experiments import rows
from generation.sampler import Row, sample_latents
from tests.mixtures import three_components

MIXTURE = three_components()
SEEDS = range(6)
REMOVED = [
    ("cfg", {"scale": 0.0}),
    ("np_uncond", {"negative": "a", "scale": 0.5}),
    ("sld", {"preset": "class_removal", "concept": "a"}),
    ("dng", {"negative": "a", "scale": 2.0, "prior": 0.2, "temperature": 1.0, "offset": 0.001}),
]


@pytest.mark.parametrize(("method", "settings"), REMOVED)
def test_stacked_rows_are_those_of_the_sampler(method: str, settings: dict[str, Any]) -> None:
    alone = sample_latents(MIXTURE, [Row("", seed, method, settings, "ddpm_large", 41, 1) for seed in SEEDS])
    stacked = rows.draw(MIXTURE, rows.find(method), settings, rows.noise_of(MIXTURE, SEEDS, 1), 41)
    torch.testing.assert_close(stacked, alone, rtol=0, atol=1e-9)


def test_a_walk_is_seen_before_each_step_and_after_the_last() -> None:
    settings = {"negative": "a", "scale": 0.0, "prior": 0.2, "temperature": 1.0, "offset": 0.0}
    seen = list(rows.walk(MIXTURE, rows.find("dng"), settings, rows.noise_of(MIXTURE, SEEDS, 1), 9))
    assert [here.index for here in seen] == list(range(10))
    assert [here.level.alpha for here in seen] == sorted(here.level.alpha for here in seen)
    assert seen[-1].level == rows.CLEAN
    assert seen[0].state.exp().tolist() == [pytest.approx(0.2)]
    assert seen[-1].state.shape == (6,)


def test_a_method_that_looks_ahead_cannot_be_stacked() -> None:
    with pytest.raises(
        rows.NotStackable, match="rule of answer does not take stacked rows; those of cfg, np_uncond, sld, dng do"
    ):
        rows.find("answer")
