import numpy as np
import pytest

from generation.experiments.related_unrelated.scores import clip_scores, difference, line


def test_a_clip_score_is_the_cosine_with_the_unguided_image_of_the_same_seed() -> None:
    unguided = np.array([[1.0, 0.0], [0.0, 1.0]])
    np.testing.assert_allclose(clip_scores(np.array([[1.0, 0.0], [0.6, 0.8]]), unguided), [1.0, 0.8])


def test_points_are_means_over_the_seeds() -> None:
    found = line("NP", [1, 2], np.array([[0.9, 0.7], [0.5, 0.3]]), np.array([[1.0, 0.8], [0.9, 0.5]]))
    assert [(point.scale, point.related, point.unrelated) for point in found.points] == [
        (1.0, pytest.approx(0.8), pytest.approx(0.9)),
        (2.0, pytest.approx(0.4), pytest.approx(0.7)),
    ]
    assert found.q == pytest.approx(0.2)  # ((.9 + .7) − (.8 + .4))/2
    # through (.8, .9) and (.4, .7): a = ½, b = ½; (½ − 1)·.6 + ½ = .2
    assert found.regression is not None
    assert (found.regression.slope, found.regression.value) == (pytest.approx(0.5), pytest.approx(0.2))


def test_where_all_related_scores_are_alike_there_is_no_line() -> None:
    assert line("DNG", [1, 2], np.ones((2, 3)), np.ones((2, 3))).regression is None


def test_dng_is_compared_where_both_change_related_images_alike() -> None:
    # NP: y = x over .2 to .8. DNG: y = 1 over .6 to 1. Both have .6 to .8; at .7 they are .7 and 1.
    np_line = line("NP", [1, 2], np.array([[0.2], [0.8]]), np.array([[0.2], [0.8]]))
    dng_line = line("DNG", [1, 2], np.array([[0.6], [1.0]]), np.array([[1.0], [1.0]]))
    found = difference(np_line, dng_line, np.array([[0.0], [0.0]]), np.array([[0.4], [0.0]]))
    assert (found.value, found.alike) == (pytest.approx(0.2), pytest.approx(0.3))


def test_ranges_that_do_not_meet_are_not_compared() -> None:
    np_line = line("NP", [1, 2], np.array([[0.1], [0.2]]), np.array([[0.2], [0.3]]))
    dng_line = line("DNG", [1, 2], np.array([[0.6], [1.0]]), np.array([[1.0], [1.0]]))
    assert difference(np_line, dng_line, np.zeros((2, 1)), np.zeros((2, 1))).alike is None


def test_the_interval_resamples_seeds() -> None:
    points = line("NP", [1], np.ones((1, 2)), np.ones((1, 2)))
    # of two seeds with gains 0 and 1 a quarter of the resamples has a mean of 0, and a quarter of 1
    found = difference(points, points, np.zeros((1, 2)), np.array([[0.0, 1.0]]))
    assert (found.low, found.value, found.high) == (0.0, 0.5, 1.0)
    # a gain that all seeds have is certain
    same = difference(points, points, np.zeros((1, 2)), np.full((1, 2), 0.3))
    assert (same.low, same.high) == (pytest.approx(0.3), pytest.approx(0.3))
