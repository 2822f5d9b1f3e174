"""The rules of the methods on numbers that can be checked by hand."""

import pytest
import torch
from torch import Tensor

from generation.methods import METHODS, cfg, negative_prompt
from generation.methods.rule import EMPTY, NEGATIVE, PROMPT

LOW, HIGH = torch.full((4, 2, 2), 1.0), torch.full((4, 2, 2), 3.0)


def test_cfg_goes_from_the_empty_through_the_positive_prediction() -> None:
    guided = cfg.guide({EMPTY: LOW, PROMPT: HIGH}, cfg.Settings(scale=7.5))
    assert torch.equal(guided, torch.full((4, 2, 2), 16.0))  # 1 + 7.5 · (3 − 1): Desai & Vasconcelos 2024, §2.1


def test_a_negative_prompt_goes_from_the_negative_through_the_positive_prediction() -> None:
    guided = negative_prompt.guide({NEGATIVE: HIGH, PROMPT: LOW}, negative_prompt.Settings(scale=2, negative="fog"))
    assert torch.equal(guided, torch.full((4, 2, 2), -1.0))  # 3 + 2 · (1 − 3): Koulischer et al. 2025, §2.2


@pytest.mark.parametrize(("scale", "expected"), [(0.0, LOW), (1.0, HIGH)])
def test_scale_nought_ignores_the_prompt_and_scale_one_is_unguided(scale: float, expected: Tensor) -> None:
    assert torch.equal(cfg.guide({EMPTY: LOW, PROMPT: HIGH}, cfg.Settings(scale=scale)), expected)


@pytest.mark.parametrize("name", METHODS)
def test_a_method_says_its_paper_and_where_its_rule_comes_from(name: str) -> None:
    assert METHODS[name].provenance
