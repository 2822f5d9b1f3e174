import numpy as np
import pytest
from scipy.linalg import sqrtm

from analysis.automatic.frechet import frechet_distance
from analysis.study_votes import FloatArray


def drawn(seed: int, images: int, dimensions: int) -> FloatArray:
    rng = np.random.default_rng(seed)
    return rng.normal(size=(images, dimensions)) @ rng.normal(size=(dimensions, dimensions)) + rng.normal(size=dimensions)


def test_of_one_dimension_it_is_what_a_hand_calculates() -> None:
    # means 1 and 4, variances 2 and 8: (1 − 4)² + 2 + 8 − 2·√(2·8) = 9 + 10 − 8
    a, b = np.array([[0.0], [2.0]]), np.array([[2.0], [6.0]])
    assert frechet_distance(a, b).value == pytest.approx(11)


def test_it_is_what_scipys_matrix_root_makes_of_the_formula() -> None:
    a, b = drawn(0, 60, 5), drawn(1, 40, 5)
    sigma_a, sigma_b = np.cov(a, rowvar=False), np.cov(b, rowvar=False)
    root = np.real(sqrtm(sigma_a @ sigma_b))
    expected = np.square(a.mean(0) - b.mean(0)).sum() + np.trace(sigma_a + sigma_b - 2 * root)
    assert frechet_distance(a, b).value == pytest.approx(expected)


def test_equal_sets_are_not_apart_even_if_their_covariance_is_singular() -> None:
    few = drawn(2, 3, 8)
    assert frechet_distance(few, few[::-1]).value == pytest.approx(0, abs=1e-9)


def test_few_images_are_warned_of() -> None:
    assert "8 images" in frechet_distance(drawn(3, 8, 8), drawn(4, 50, 8)).warning
    assert frechet_distance(drawn(3, 9, 8), drawn(4, 50, 8)).warning == ""


def test_it_is_too_great_with_few_images() -> None:
    of_few, of_many = (frechet_distance(_normal(images), _normal(4000)).value for images in (5, 2000))
    assert of_few > 20 * of_many


def _normal(images: int) -> FloatArray:
    return np.random.default_rng(images).normal(size=(images, 4))


@pytest.mark.parametrize("shapes", [((1, 3), (5, 3)), ((5, 3), (5, 2))])
def test_what_has_no_distance_is_refused(shapes: tuple[tuple[int, int], tuple[int, int]]) -> None:
    with pytest.raises(ValueError, match=r"needs 2 images|same dimensions"):
        frechet_distance(np.zeros(shapes[0]), np.zeros(shapes[1]))
