from dataclasses import replace

import pytest
import torch

from generation.experiments.related_unrelated.conditions import (
    DNG,
    NP,
    RELATED,
    UNGUIDED,
    UNRELATED,
    Condition,
    conditions_of,
    negative_prompting,
)
from generation.experiments.related_unrelated.study import PAPER, read_study
from generation.methods import METHODS, parse
from generation.methods.rule import EMPTY, NEGATIVE, PROMPT

STUDY = read_study(PAPER)
BREAKFAST = STUDY.prompts[-1]


def test_every_prompt_is_drawn_unguided_and_with_both_negatives_at_every_scale() -> None:
    conditions = list(conditions_of(STUDY))
    assert len(set(map(str, conditions))) == len(conditions) == 5 * (1 + 2 * 2 * len(STUDY.factors))


def test_all_conditions_share_scheduler_seeds_and_evaluations() -> None:
    rows = [row for condition in conditions_of(STUDY) for row in condition.rows(STUDY, 512)]
    assert {(row.scheduler, row.evaluations) for row in rows} == {("ddpm_large", 50)}
    assert len(rows) == 32 * 5 * (1 + 4 * len(STUDY.factors))


def test_np_multiplies_the_papers_scale() -> None:
    row = Condition(BREAKFAST, NP, RELATED, 0.5).rows(STUDY, 512)[0]
    assert (row.method, row.settings) == ("np_uncond", {"scale": 1.7, "negative": "An egg"})


def test_dng_multiplies_the_papers_scale_and_keeps_its_posterior() -> None:
    settings = Condition(BREAKFAST, DNG, UNRELATED, 2.0).rows(STUDY, 512)[0].settings
    assert (settings["scale"], settings["prior"], settings["temperature"], settings["offset"]) == (36, 0.01, 0.3, 0.003)
    assert (settings["negative"], settings["base"]) == ("The view of a skyline", "raw")


def test_without_a_negative_the_base_is_drawn() -> None:
    row = Condition(BREAKFAST, UNGUIDED).rows(replace(STUDY, base_scale=6.0), 512)[0]
    assert (row.method, row.settings) == ("cfg", {"scale": 6.0})


@pytest.mark.parametrize("base_scale", [1.0, 4.0])
def test_negative_prompting_of_a_guided_base_is_eq_6(base_scale: float) -> None:
    empty, prompt, negative = torch.randn(3, 2, 2, generator=torch.Generator().manual_seed(0))
    name, given = negative_prompting("an egg", 1.7, base_scale)
    method = METHODS[name]
    settings = parse(method.settings, given)
    guided = method.guide({EMPTY: empty, PROMPT: prompt, NEGATIVE: negative}, method.start(settings), settings)
    base = empty + base_scale * (prompt - empty)
    torch.testing.assert_close(guided, base - 1.7 * (negative - base))
