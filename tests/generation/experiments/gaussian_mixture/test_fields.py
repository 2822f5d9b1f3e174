import numpy as np
import pytest

from generation.experiments.gaussian_mixture.fields import LEVEL, fields, grid, strengths, unconditional
from generation.experiments.gaussian_mixture.mixtures import plane

PLANE = plane()
PLACES = grid(1.8, 9)


def test_the_field_of_dng_is_that_of_cfg_and_not_that_of_np() -> None:
    """Koulischer et al. 2025, App. A: Fig. 9 is Fig. 7."""
    towards, constant, dynamic = fields(PLANE, PLACES)
    np.testing.assert_allclose(dynamic.guidance, towards.guidance, rtol=0, atol=1e-7)
    assert np.abs(constant.guidance - towards.guidance).max() > 1


def test_a_total_field_is_the_score_and_the_guidance_term() -> None:
    score = unconditional(PLANE, PLACES)
    for field in fields(PLANE, PLACES):
        np.testing.assert_allclose(field.total, score + field.guidance, rtol=0, atol=1e-9)


def test_the_score_leads_back_to_a_point_from_where_the_others_are_far() -> None:
    """−(x − √ᾱ m)/(1 − ᾱ) for the nearest point m = (0, −1), at x = (0, −1.8)."""
    (lowest,) = np.flatnonzero((PLACES.flatten(1).numpy() == [0, -1.8]).all(1))
    expected = (1.8 - LEVEL.alpha**0.5) / (1 - LEVEL.alpha)
    assert unconditional(PLANE, PLACES)[lowest] == pytest.approx([0, expected], abs=1e-3)


def test_dynamic_guidance_is_strong_at_the_forbidden_point_and_constant_guidance_at_the_others() -> None:
    by_rule = {strength.rule: strength for strength in strengths(PLANE)}
    assert by_rule["dng"].near_forbidden > 1 > 0.1 > by_rule["dng"].near_others
    assert by_rule["np"].near_others > 1 > 0.1 > by_rule["np"].near_forbidden
