import numpy as np
import pytest

from analysis.automatic.q import q, q_of_regression


def test_the_difference_of_means_is_that_of_eq_22() -> None:
    found = q(np.array([0.5, 0.7]), np.array([0.9, 0.8]))
    assert (found.value, found.points) == (pytest.approx(0.25), 2)


def test_the_regression_is_that_of_eq_23() -> None:
    # unrelated = ½ related + ½ from .4 to .8: (½ − 1)·.6 + ½ = .2
    related = np.array([0.4, 0.5, 0.8])
    found = q_of_regression(related, 0.5 * related + 0.5)
    assert found.value == pytest.approx(0.2)
    assert (found.slope, found.intercept) == (pytest.approx(0.5), pytest.approx(0.5))
    assert (found.low, found.high, found.points) == (0.4, 0.8, 3)


def test_the_regression_is_at_the_middle_of_the_range_not_at_the_mean() -> None:
    related = np.array([0.0, 0.0, 0.0, 1.0])
    assert q_of_regression(related, np.ones(4)).value == pytest.approx(0.5)
    assert q(related, np.ones(4)).value == pytest.approx(0.75)


def test_no_line_goes_through_points_above_each_other() -> None:
    with pytest.raises(ValueError, match="no line goes through"):
        q_of_regression(np.array([0.5, 0.5]), np.array([0.4, 0.6]))


def test_scores_must_come_in_pairs() -> None:
    with pytest.raises(ValueError, match="1 or more pairs"):
        q(np.array([0.5]), np.array([0.5, 0.6]))
    with pytest.raises(ValueError, match="2 or more pairs"):
        q_of_regression(np.array([0.5]), np.array([0.5]))
