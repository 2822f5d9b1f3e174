import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from analysis.automatic.inception_score import inception_score
from analysis.study_votes import FloatArray


def test_sure_images_of_every_class_score_the_number_of_classes() -> None:
    found = inception_score(np.eye(4), splits=1)
    assert found.value == pytest.approx(4)
    assert (found.images, found.splits, found.deviation) == (4, 1, 0)


def test_images_that_are_all_alike_score_1() -> None:
    assert inception_score(np.tile([0.2, 0.3, 0.5], (6, 1)), splits=2).value == pytest.approx(1)


def test_it_is_what_a_hand_calculates() -> None:
    # p(y) = (1/2, 1/2); KL of each image: .75 ln 1.5 + .25 ln .5 = .130812; exp = 1.139754
    assert inception_score(np.array([[0.75, 0.25], [0.25, 0.75]]), splits=1).value == pytest.approx(1.139754, abs=1e-6)


def test_splits_are_averaged_with_their_deviation() -> None:
    # the first half scores 2, the second 1
    found = inception_score(np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 0.0]]), splits=2)
    assert (found.value, found.deviation) == (pytest.approx(1.5), pytest.approx(0.5))


def test_fewer_images_than_splits_are_refused() -> None:
    with pytest.raises(ValueError, match="3 images cannot be cut into 10 splits"):
        inception_score(np.eye(3))


@given(arrays(np.float64, (6, 3), elements=st.floats(0.01, 1)))
def test_it_lies_between_1_and_the_number_of_classes(weights: FloatArray) -> None:
    value = inception_score(weights / weights.sum(axis=1, keepdims=True), splits=1).value
    assert 1 - 1e-9 <= value <= 3 + 1e-9
