"""Tests of agreement between channels: what is tested, what cannot be, and Cochran, Mantel and Haenszel's test beside scipy."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from analysis.channel_labels import Labels
from analysis.channel_tests import (
    ALL_ALIKE,
    MOST_PERMUTATIONS,
    NO_CHANNEL,
    NOTHING_SHARED,
    ChannelTest,
    channel_tests,
    cochran_mantel_haenszel,
    least_p,
)
from tests.analysis.channels_made import Given, by_channel, drawn
from tests.analysis.study_votes_made import study_votes

# Of men and women who applied to six departments of Berkeley in 1973, the admitted and the rejected (Bickel, Hammel &
# O'Connell, Science 187, 1975; R's UCBAdmissions).
BERKELEY = (
    *(((512, 313), (89, 19)), ((353, 207), (17, 8)), ((120, 205), (202, 391))),
    *(((138, 279), (131, 244)), ((53, 138), (94, 299)), ((22, 351), (24, 317))),
)
SMALL = st.integers(min_value=1, max_value=9)


def outcome(*rows: Given, resamples: int = 99) -> ChannelTest:
    (found,) = channel_tests(*by_channel(rows), resamples, seed=0)
    return found


def of_strata(*tables: tuple[tuple[int, ...], ...]) -> tuple[float, int]:
    """Of a table of channels × options in each stratum."""
    codes = [
        (o, s, c) for s, table in enumerate(tables) for c, row in enumerate(table) for o, n in enumerate(row) for _ in range(n)
    ]
    option, stratum, channel = np.array(codes, np.int64).T
    return cochran_mantel_haenszel(option, stratum, channel)


@given(st.tuples(st.tuples(SMALL, SMALL, SMALL), st.tuples(SMALL, SMALL, SMALL), st.tuples(SMALL, SMALL, SMALL)))
def test_in_one_stratum_the_unclustered_statistic_is_pearsons_but_for_one_vote(table: tuple[tuple[int, ...], ...]) -> None:
    votes = sum(map(sum, table))
    pearson = stats.chi2_contingency(table, correction=False)
    statistic, freedom = of_strata(table)
    assert statistic == pytest.approx(pearson.statistic * (votes - 1) / votes, abs=1e-9)
    assert freedom == pearson.dof == 4


def test_departments_of_berkeley_are_strata_in_which_sexes_hardly_differ() -> None:
    statistic, freedom = of_strata(*BERKELEY)
    assert (statistic, freedom) == (pytest.approx(1.5246, abs=5e-5), 1)  # R's mantelhaen.test(UCBAdmissions, correct = FALSE)


def test_strata_of_one_vote_or_one_channel_say_nothing() -> None:
    table = ((3, 1), (1, 4))
    assert of_strata(table, ((1, 0), (0, 0)), ((0, 0), (5, 2))) == (pytest.approx(of_strata(table)[0]), 1)


def test_votes_taken_as_independent_refute_too_often() -> None:
    rng = np.random.default_rng(0)
    studies = [drawn(rng, (8, 20), (12, 12)) for _ in range(200)]
    found = [stats.chi2.sf(*cochran_mantel_haenszel(each.option, each.comparison, each.label[each.worker])) for each in studies]
    assert np.mean(np.array(found) <= 0.05) > 0.12


def test_a_test_says_what_it_is_of() -> None:
    rows = [("mturk" if w % 2 else "panel", f"w{w}", f"p{p}", "AB"[(w * p) % 3 > 1]) for w in range(12) for p in range(5)]
    found = outcome(*rows)
    assert (found.channels, found.comparisons, found.workers, found.permutations) == (("mturk", "panel"), 5, 12, 99)
    assert (found.reason, found.warning) == ("", "")
    assert 0 < (found.p or 0) <= 1
    assert 0 < (found.naive_p or 0) <= 1


def test_one_worker_is_no_channel() -> None:
    found = outcome(("mturk", "a", "p", "A"), ("mturk", "b", "p", "B"), ("panel", "c", "p", "A"))
    assert (found.p, found.statistic, found.naive_p, found.permutations) == (None, None, None, 0)
    assert found.reason == "only mturk has two workers or more, so there is nothing to compare it with"
    assert found.warning == "left out, as a channel of one worker cannot be told from the worker: panel (1 worker)"


def test_channels_of_one_worker_each_cannot_be_compared() -> None:
    assert outcome(("mturk", "a", "p", "A"), ("panel", "c", "p", "A")).reason == NO_CHANNEL


def test_channels_that_share_no_comparison_cannot_be_compared() -> None:
    rows = [("mturk", "a", "p", "A"), ("mturk", "b", "p", "B"), ("panel", "c", "q", "A"), ("panel", "d", "q", "B")]
    assert (outcome(*rows).reason, outcome(*rows).p, outcome(*rows).comparisons) == (NOTHING_SHARED, None, 0)


def test_where_all_votes_are_alike_nothing_is_tested() -> None:
    found = outcome(*[(name, f"{name}{w}", p, "A" if p == "p" else "B") for name in "mn" for w in range(4) for p in "pq"])
    assert (found.reason, found.p) == (ALL_ALIKE, None)


def test_so_few_workers_that_nothing_can_be_refuted_are_warned_of() -> None:
    found = outcome(*[(name, f"{name}{w}", "p", "AB"[name == "m"]) for name in "mn" for w in range(2)], resamples=2000)
    assert found.warning == "only 2 and 2 workers: p cannot be below about 0.33"  # three ways to make two couples of four
    assert found.p == pytest.approx(1 / 3, abs=0.05)


def test_the_least_p_is_one_by_the_number_of_ways() -> None:
    assert least_p(np.array([2, 3])) == pytest.approx(1 / 10)
    assert least_p(np.array([2, 2, 2])) == pytest.approx(1 / 15)  # pairs of six: 5 × 3
    assert least_p(np.array([4000, 5000])) == pytest.approx(0)


def test_p_is_adjusted_over_criteria_and_each_is_tested_by_itself() -> None:
    rng = np.random.default_rng(1)
    rows = [(w, p, str(rng.choice(["A", "B"], p=[0.9, 0.1] if w % 2 else [0.4, 0.6]))) for w in range(16) for p in range(6)]
    both = [("set", f"p{p}", 0, f"w{w:02}", name, "A|B", choice) for name in ("one", "two") for w, p, choice in rows]
    labels = Labels(("mturk", "panel"), np.array([w % 2 for w, _, _ in rows] * 2, np.int64))
    one, two = channel_tests(study_votes(both), labels, 199, seed=0)
    assert one.p is not None
    assert one.p == two.p
    assert (one.p_adjusted, two.p_adjusted) == (2 * one.p, 2 * one.p)


def test_of_many_resamples_some_are_enough() -> None:
    rows = [("mturk" if w % 2 else "panel", f"w{w}", "p", "AB"[w > 2]) for w in range(8)]
    assert outcome(*rows, resamples=10_000).permutations == MOST_PERMUTATIONS
