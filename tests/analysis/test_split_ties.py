"""Ties split equally among the conditions shown, against counts by hand."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from random import Random

import numpy as np
import pytest
import scipy.stats
import statsmodels.api as sm  # type: ignore[import-untyped]
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from statsmodels.stats.sandwich_covariance import cov_cluster_2groups  # type: ignore[import-untyped]

from analysis.inference import share_intervals
from analysis.judges import NO_CLEAR_WINNER
from analysis.split_intervals import split_intervals
from analysis.split_ties import split_ties
from analysis.study_votes import StudyVotes
from analysis.tables import Table, tables_of
from analysis.tally import TIE
from tests.analysis.study_votes_made import study_votes
from tests.analysis.tables_made import table_of_conditions
from tests.analysis.votes_files import frame_of, vote


@pytest.fixture
def table(tmp_path: Path) -> Table:
    """SD against SD+DNP: 1, 1 and two ties. SD against SD+x: one tie. All three: one tie."""
    two, other, three = "SD|SD+DNP", "SD+x|SD", "SD|SD+x|SD+DNP"
    shown = [(two, "SD"), (two, "SD+DNP"), *[(two, NO_CLEAR_WINNER)] * 2, (other, NO_CLEAR_WINNER), (three, NO_CLEAR_WINNER)]
    votes = [vote(worker=f"w{number}", shown=names, choice=choice) for number, (names, choice) in enumerate(shown)]
    (table,) = tables_of(frame_of(tmp_path / "votes.csv", *votes))
    return table


def test_each_tie_is_split_among_the_conditions_it_was_shown(table: Table) -> None:
    (block,) = split_ties(table).blocks
    assert [row.method for row in block.rows] == ["SD", "SD+DNP", "SD+x"]
    votes = [row.shares[0].votes for row in block.rows]
    assert votes == [1 + 1 + Fraction(1, 2) + Fraction(1, 3), 1 + 1 + Fraction(1, 3), Fraction(1, 2) + Fraction(1, 3)]
    assert [row.shares[0].total for row in block.rows] == [6, 5, 2]
    assert block.totals == (6,)


def test_the_best_is_the_best_with_its_ties(table: Table) -> None:
    best = [[row.method for row in each.blocks[0].rows if row.shares[0].best] for each in (table, split_ties(table))]
    assert best == [["SD+DNP"], ["SD"]]  # 1/5 of 5 against 1/6 and 0/2; then 17/36 against 7/15 and 5/12


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(["SD", "SD+DNP", "SD+x", NO_CLEAR_WINNER]), min_size=1, max_size=20))
def test_shares_of_conditions_always_shown_together_add_up_to_one(tmp_path: Path, choices: list[str]) -> None:
    votes = [vote(worker=f"w{number}", shown="SD|SD+DNP|SD+x", choice=choice) for number, choice in enumerate(choices)]
    (table,) = tables_of(frame_of(tmp_path / "votes.csv", *votes))
    assert sum(row.shares[0].part for row in split_ties(table).blocks[0].rows) == 1


def test_p_is_kept_where_splitting_changes_no_difference() -> None:
    table = table_of_conditions("SD", "SD+DNP")
    apart = replace(table, blocks=tuple(replace(block, totals=(21,)) for block in table.blocks))  # others were shown, too
    assert [split_ties(each).blocks[0].rows[-1].shares[0].p for each in (table, apart)] == [0.004, None]


def noisy_votes(choices: list[str]) -> StudyVotes:
    """Ten workers on twelve comparisons of two conditions, with the choices drawn at random."""
    rng = Random(1)
    pairs = [(seed, worker) for seed in range(12) for worker in rng.sample(range(10), 5)]
    return study_votes(("A&E", "p", seed, f"w{worker}", "quality", "SD|SD+DNP", rng.choice(choices)) for seed, worker in pairs)


def test_an_interval_is_that_of_a_mean_of_halves_and_wholes() -> None:
    votes = noisy_votes(["SD", "SD", "SD+DNP", NO_CLEAR_WINNER])
    value = np.array([0.5, 1.0, 0.0])[votes.option]  # no clear winner, SD, SD+DNP
    fit = sm.OLS(value, np.ones(len(value))).fit()
    error = float(np.sqrt(cov_cluster_2groups(fit, votes.pair, votes.worker)[0].item()))
    margin = scipy.stats.t(9).ppf(0.975) * error  # ten workers, twelve comparisons
    found = split_intervals(votes)["A&E", "SD", "quality"]
    assert (found.low, found.high) == pytest.approx((100 * (value.mean() - margin), 100 * (value.mean() + margin)))
    assert "only 12 comparisons and 10 workers" in found.warning


def test_without_ties_an_interval_is_that_of_the_share() -> None:
    votes = noisy_votes(["SD", "SD", "SD+DNP"])
    found = split_intervals(votes)
    for share in share_intervals(votes)[TIE + 1 :]:
        interval = found["A&E", share.method, "quality"]
        assert (interval.low, interval.high) == pytest.approx((share.low, share.high))


def test_one_worker_gives_no_interval() -> None:
    assert split_intervals(study_votes(("A&E", "p", seed, "w", "quality", "SD|SD+DNP", "SD") for seed in range(3))) == {}


def test_a_condition_that_always_wins_has_a_lower_end_below_100() -> None:
    pairs = [(seed, worker) for seed in range(3) for worker in range(4)]
    votes = study_votes(("A&E", "p", seed, f"w{worker}", "quality", "SD|SD+DNP", "SD") for seed, worker in pairs)
    assert split_intervals(votes)["A&E", "SD", "quality"].low == pytest.approx(100 * 0.025 ** (1 / 3))  # exact, 3 of 3
