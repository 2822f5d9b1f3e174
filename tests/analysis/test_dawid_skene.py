"""Dawid and Skene's estimates, against their own example and against votes with known truths."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.dawid_skene import DawidSkene, dawid_skene

# Dawid & Skene (1979), table 1: 45 patients; anaesthetist 1 thrice, then 2 to 5, each rating from 1 to 4
PATIENTS = """1111111 3334334 1122122 2223121 2223222 2223322 1122111 3333433 2222223 2322223 4444444 2223343 1111111 2223212
1211111 1112111 1111111 1111111 2222221 2221322 2222222 2222221 2223222 2212222 1111111 1111111 2322222 1111111 1111111
1121121 1111111 3333233 1111111 2222222 2223232 4334343 2212232 2323233 3333432 1111111 1111111 1212111 2322222 1211111
2222222"""
ANAESTHETISTS = [0, 0, 0, 1, 2, 3, 4]
VOTES = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 3), st.integers(0, 2)), min_size=1, max_size=60)


def of_anaesthetists(iterations: int) -> DawidSkene:
    rating = np.array([int(digit) - 1 for patient in PATIENTS.split() for digit in patient])
    return dawid_skene(
        np.repeat(np.arange(45), 7), np.tile(ANAESTHETISTS, 45), rating, 4, iterations=iterations, tolerance=1e-9
    )


def test_the_likelihood_of_the_anaesthetists() -> None:
    found = of_anaesthetists(100)
    assert found.log_likelihoods[-1] == pytest.approx(-190.7310, abs=5e-5)
    assert found.answers.sum(axis=2) == pytest.approx(np.ones((5, 4)))


def test_the_classes_of_the_anaesthetists() -> None:
    published = [0.4001, 0.4221, 0.1112, 0.0667]  # reached after five steps; the maximum is half a thousandth away
    assert of_anaesthetists(5).priors == pytest.approx(published, abs=5e-5)
    assert of_anaesthetists(100).priors == pytest.approx(published, abs=6e-4)


@settings(max_examples=30)
@given(VOTES)
def test_no_step_lowers_the_likelihood(votes: list[tuple[int, int, int]]) -> None:
    items, worker, option = np.array(votes).T
    found = dawid_skene(np.unique(items, return_inverse=True)[1], worker, option, 3, tolerance=0)
    assert (np.diff(found.log_likelihoods) > -1e-9).all()
    assert found.truth.sum(axis=1) == pytest.approx(np.ones(len(found.truth)))


def test_errors_of_workers_are_found() -> None:
    rng = np.random.default_rng(0)
    truth, right = rng.integers(0, 3, 600), np.array([0.9, 0.8, 0.7, 0.6, 0.4])
    item, worker = np.divmod(np.arange(3000), 5)
    wrong = (truth[item] + rng.integers(1, 3, 3000)) % 3
    option = np.where(rng.random(3000) < right[worker], truth[item], wrong)
    found = dawid_skene(item, worker, option, 3)
    assert found.answers.diagonal(axis1=1, axis2=2).mean(axis=1) == pytest.approx(right, abs=0.06)
    assert (found.truth.argmax(axis=1) == truth).mean() > 0.9


def test_an_option_that_was_not_shown_is_never_true() -> None:
    item, worker, option = np.array([[0, 0, 0, 1, 1, 1], [0, 1, 2, 0, 1, 2], [0, 1, 1, 2, 0, 2]])
    could = np.array([[True, True, False], [True, False, True]])
    found = dawid_skene(item, worker, option, 3, could=could)
    assert (found.truth[~could] == 0).all()


def test_it_stops_where_nothing_grows() -> None:
    item, worker = np.divmod(np.arange(20), 4)
    assert len(dawid_skene(item, worker, item % 2, 2).log_likelihoods) < 5
