import numpy as np
import pytest

from generation.experiments.related_unrelated.strengths import strengths


def test_orders_are_of_the_means_over_images_after_the_first_step() -> None:
    related = np.array([[1.0, 50.0, 10.0], [1.0, 150.0, 10.0]])
    unrelated = np.array([[1.0, 1.0, 0.01], [1.0, 1.0, 0.01]])
    found = strengths((900.0, 500.0, 1.0), 1.7, related, unrelated)
    assert found.related.mean == (1.0, 100.0, 10.0)
    assert found.orders == pytest.approx(2.5)  # log₁₀ 100 and log₁₀ 1000
    assert found.orders_last == pytest.approx(3.0)


def test_the_spread_is_from_the_10th_to_the_90th_percentile() -> None:
    values = np.arange(1.0, 12.0)[:, None]  # 1 to 11: the percentiles are 2 and 10
    found = strengths((1.0, 0.0), 1.0, np.hstack([values, values]), np.ones((11, 2)))
    assert (found.related.low[0], found.related.high[0]) == (pytest.approx(2.0), pytest.approx(10.0))
