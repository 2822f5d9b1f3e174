import math

import numpy as np
import pytest
from scipy.special import rel_entr

from analysis.automatic.divergence import divergence


def test_without_smoothing_it_is_scipys_relative_entropy() -> None:
    ideal, counts = np.array([0.5, 0.3, 0.2]), np.array([2, 5, 3])
    assert divergence(ideal, counts, 0).value == pytest.approx(rel_entr(ideal, counts / 10).sum())


def test_smoothing_adds_images_to_each_class() -> None:
    # (3 + 1)/(4 + 2·1) = 2/3 and (1 + 1)/6 = 1/3: ½ ln(3/4) + ½ ln(3/2) = ½ ln(9/8)
    found = divergence(np.array([0.5, 0.5]), [3, 1], 1)
    assert found.value == pytest.approx(0.5 * math.log(9 / 8))
    assert (found.images, found.classes, found.smoothing) == (4, 2, 1)


def test_images_of_a_forbidden_class_count_against_the_others() -> None:
    ideal = np.array([0.0, 0.5, 0.5])
    assert divergence(ideal, [0, 5, 5], 0).value == pytest.approx(0)
    assert divergence(ideal, [10, 5, 5], 0).value == pytest.approx(math.log(2))


def test_a_class_that_was_never_drawn_is_infinitely_far_without_smoothing() -> None:
    ideal = np.array([0.5, 0.5])
    assert divergence(ideal, [4, 0], 0).value == math.inf
    assert math.isfinite(divergence(ideal, [4, 0], 0.5).value)


@pytest.mark.parametrize(("ideal", "counts"), [([0.5, 0.4], [1, 1]), ([0.5, 0.5], [0, 0]), ([0.5, 0.5], [-1, 2])])
def test_what_is_no_distribution_is_refused(ideal: list[float], counts: list[int]) -> None:
    with pytest.raises(ValueError, match=r"add up to 1|must be images"):
        divergence(np.array(ideal), counts)
