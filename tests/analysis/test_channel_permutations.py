"""The permutation test of channels, against a hand calculation, enumeration and studies in which the truth is known."""

from collections.abc import Iterator
from itertools import combinations

import numpy as np
import pytest

from analysis.channel_permutations import permutation_p, statistics, surplus_of
from tests.analysis.channels_made import Drawn, drawn

ONE_OTHERWISE = np.array([1, 1, 1, 0])  # four workers' choices; the last of the second channel chooses otherwise
LABEL = np.array([0, 0, 1, 1])


def statistic(of: Drawn) -> float:
    return float(statistics(surplus_of(of.option, of.comparison, of.worker, 3), of.label[None], int(of.label.max()) + 1)[0])


def p_of(of: Drawn, permutations: int = 199, seed: int = 0) -> float:
    return permutation_p(surplus_of(of.option, of.comparison, of.worker, 3), of.label, permutations, seed)[1]


def refuted(studies: Iterator[Drawn]) -> float:
    """The part of the studies in which p is .05 or less."""
    return float(np.mean([p_of(study) <= 0.05 for study in studies]))


def test_the_statistic_is_that_of_a_calculation_by_hand() -> None:
    # Three of four chose 1, so surpluses on it are ¼, ¼, ¼, −¾, and half of the votes are the first channel's: u = ⅛, ⅛, −⅛, ⅜.
    # z² = (½)² / (12 / 64) = 4 / 3, the same in each of the four cells of channel and option.
    surplus = surplus_of(ONE_OTHERWISE, np.zeros(4, np.int64), np.arange(4), 2)
    assert surplus.total[:, 1] == pytest.approx([0.25, 0.25, 0.25, -0.75])
    assert statistics(surplus, LABEL[None], 2) == pytest.approx([16 / 3])


def test_a_worker_who_says_the_same_of_more_comparisons_is_still_one_worker() -> None:
    ten_times = (np.tile(ONE_OTHERWISE, 10), np.repeat(np.arange(10), 4), np.tile(np.arange(4), 10))
    assert statistics(surplus_of(*ten_times, 2), LABEL[None], 2) == pytest.approx([16 / 3])


def test_a_comparison_of_one_channel_says_nothing_of_channels() -> None:
    study = drawn(np.random.default_rng(0), (6, 6), (5, 5))
    alone = Drawn(
        option=np.append(study.option, [0, 1, 1]),
        comparison=np.append(study.comparison, [99, 99, 99]),
        worker=np.append(study.worker, [0, 1, 2]),  # all of the first channel
        label=study.label,
    )
    assert statistic(alone) == pytest.approx(statistic(study))


def test_the_names_of_channels_do_not_matter() -> None:
    study = drawn(np.random.default_rng(1), (5, 6, 7), (5, 5, 5))
    renamed = Drawn(study.option, study.comparison, study.worker, (study.label + 1) % 3)
    assert statistic(renamed) == pytest.approx(statistic(study))


def test_p_is_that_of_all_ways_to_label_the_workers() -> None:
    study = drawn(np.random.default_rng(4), (2, 5), (6, 6), shift=2.0)
    surplus = surplus_of(study.option, study.comparison, study.worker, 3)
    ways = np.array([[int(worker not in first) for worker in range(7)] for first in combinations(range(7), 2)])
    every = statistics(surplus, ways, 2)
    exact = float(np.mean(every >= every[0] * (1 - 1e-9)))  # the first way is that of the study
    assert 1 / 21 <= exact < 1
    assert p_of(study, 4000) == pytest.approx(exact, abs=4 * np.sqrt(exact * (1 - exact) / 4000))


def test_the_way_things_are_counts_among_the_permutations() -> None:
    study = drawn(np.random.default_rng(2), (12, 12), (12, 12), shift=9.0)
    assert p_of(study, 99) == 1 / 100


def test_the_same_seed_gives_the_same_p() -> None:
    study = drawn(np.random.default_rng(3), (6, 6), (5, 5))
    assert p_of(study, 50, seed=1) == p_of(study, 50, seed=1)
    assert len({p_of(study, 50, seed=seed) for seed in range(5)}) > 1


def test_where_channels_agree_one_test_in_twenty_refutes_it() -> None:
    rng = np.random.default_rng(5)
    # 300 studies: .05 ± 2.6 standard errors of .0126
    assert 0.017 < refuted(drawn(rng, (8, 20), (8, 8)) for _ in range(300)) < 0.083


def test_so_it_is_where_the_workers_of_one_channel_vote_five_times_as_much() -> None:
    rng = np.random.default_rng(6)
    assert 0.017 < refuted(drawn(rng, (15, 60), (3, 15)) for _ in range(200)) < 0.1
    assert 0.017 < refuted(drawn(rng, (15, 60), (15, 3)) for _ in range(200)) < 0.1


def test_so_it_is_where_channels_share_a_quarter_of_their_comparisons() -> None:
    rng = np.random.default_rng(7)
    assert 0.017 < refuted(drawn(rng, (15, 30), (8, 8), apart=15) for _ in range(200)) < 0.1


def test_a_channel_that_chooses_otherwise_is_found() -> None:
    rng = np.random.default_rng(8)
    assert refuted(drawn(rng, (15, 15), (8, 8), shift=2.0) for _ in range(60)) > 0.8
    assert refuted(drawn(rng, (10, 10, 10), (8, 8, 8), shift=2.0) for _ in range(60)) > 0.7
