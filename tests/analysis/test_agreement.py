"""Coefficients of agreement, against their authors' examples, other libraries and hand calculations."""

from dataclasses import replace

import evalica
import krippendorff
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import t
from statsmodels.stats.inter_rater import fleiss_kappa as statsmodels_kappa  # type: ignore[import-untyped]

from analysis.agreement import ac1, agreement, alpha, fleiss_kappa
from analysis.agreement_sums import drawn
from analysis.study_votes import BoolArray, IntArray, StudyVotes
from tests.analysis.study_votes_made import Choice, study_votes

# Krippendorff (2011), four observers and twelve units; 0 where an observer did not judge
OBSERVERS = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, 0, 0, 0],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, 0, 3],
    [0, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, 0],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, 0],
]
# Fleiss (1971), table 1: 30 patients, 6 psychiatrists, 5 diagnoses
PATIENTS = """00060 03003 01401 00006 03030 20400 00402 20310 20040 00006 10050 11040 03300 10050 02031 00501 30012 51000 02040
10203 00006 01050 02013 20040 10041 05010 40002 02040 10500 00006"""
COUNTS = st.lists(st.lists(st.integers(0, 4), min_size=4, max_size=4), min_size=2, max_size=15)
PAIR = "A|B"


def judged() -> IntArray:
    """Votes by unit and value."""
    return np.array([[column.count(value) for value in range(1, 6)] for column in zip(*OBSERVERS, strict=True)])


def patients() -> IntArray:
    return np.array([[int(digit) for digit in patient] for patient in PATIENTS.split()])


def ballots(*choices: str, shown: str = PAIR, prompt: str = "p", criterion: str = "quality") -> list[Choice]:
    """A vote for each choice on one comparison, each by another worker."""
    return [("set", prompt, 0, f"w{number}", criterion, shown, choice) for number, choice in enumerate(choices)]


def random_votes(seed: int) -> list[Choice]:
    """Three votes on each of 40 comparisons in two prompt sets; workers lean to what the comparison favours."""
    rng = np.random.default_rng(seed)
    votes = []
    for prompt in range(40):
        favoured = rng.choice(["A", "B", "no clear winner"])
        for worker in range(3):
            choice = favoured if rng.random() < 0.6 else rng.choice(["A", "B", "no clear winner"])
            votes.append((f"set {prompt % 2}", f"p{prompt}", 0, f"w{worker}", "quality", PAIR, str(choice)))
    return votes


def test_alpha_of_krippendorffs_example() -> None:
    assert alpha(judged()) == pytest.approx(904 / 1216)


def test_ac1_of_krippendorffs_example() -> None:
    assert ac1(judged()) == pytest.approx(0.77544, abs=5e-6)  # irrCAC's example of the same data


def test_kappa_of_fleiss_patients() -> None:
    assert fleiss_kappa(patients()) == pytest.approx(0.430245, abs=5e-7)


@settings(max_examples=30)
@given(COUNTS)
def test_alpha_is_that_of_krippendorffs_library(counts: list[list[int]]) -> None:
    found = alpha(np.array(counts))
    several = [row for row in counts if sum(row) > 1]
    if found is None:
        assert len([column for column in zip(*several, strict=True) if any(column)]) <= 1
    else:
        assert found == pytest.approx(krippendorff.alpha(value_counts=np.array(counts), level_of_measurement="nominal"))


def test_alpha_is_that_of_evalica() -> None:
    observers = pd.DataFrame(OBSERVERS).replace(0, np.nan)
    assert alpha(judged()) == pytest.approx(evalica.alpha(observers).alpha)


@pytest.mark.parametrize("seed", range(5))
def test_kappa_is_that_of_statsmodels(seed: int) -> None:
    counts = np.random.default_rng(seed).multinomial(7, [0.2, 0.3, 0.5], 25)
    assert fleiss_kappa(counts) == pytest.approx(statsmodels_kappa(counts))


@settings(max_examples=20)
@given(COUNTS, st.permutations(range(4)))
def test_neither_the_order_of_items_nor_of_categories_matters(counts: list[list[int]], order: list[int]) -> None:
    other = np.array(counts)[::-1, order]
    for coefficient in (alpha, ac1, fleiss_kappa):
        assert coefficient(other) == pytest.approx(coefficient(np.array(counts)))


def test_nothing_is_said_where_no_two_votes_meet() -> None:
    assert alpha(np.eye(3, dtype=np.int64)) is ac1(np.eye(3, dtype=np.int64)) is fleiss_kappa(np.eye(3, dtype=np.int64)) is None


def test_where_all_are_alike_chance_explains_alpha_and_kappa_but_not_ac1() -> None:
    alike = np.array([[3, 0, 0], [2, 0, 0]])
    assert (alpha(alike), ac1(alike), fleiss_kappa(alike)) == (None, 1.0, None)


def test_chance_is_that_of_votes_on_the_same_conditions() -> None:
    votes = [*ballots("A", "B", prompt="p"), *ballots("A", "B", prompt="q")]
    others = [*ballots("C", "D", shown="C|D", prompt="p"), *ballots("C", "D", shown="C|D", prompt="q")]
    for choices in (votes, [*votes, *others]):
        (found, *_) = agreement(study_votes(choices), 0, 0)
        # by hand: no two votes alike, and by chance one in three: 1 − 1 / (2 / 3); for AC1, π (1 − π) / 2 twice
        assert (found.alpha, found.fleiss, found.ac1) == pytest.approx((-0.5, -1, -1 / 3))


@pytest.mark.parametrize("items", [3, 40, 5000])
def test_draws_are_those_of_items_with_replacement(items: int) -> None:
    times = np.array([items // 3, 1, items - items // 3 - 1])
    counts = drawn(times, 4000, np.random.default_rng(1))
    share = times / items
    assert (counts.sum(axis=1) == items).all()
    assert counts.mean(axis=0) == pytest.approx(items * share, abs=4 * (items / 4 / 4000) ** 0.5)
    covariance = items * (np.diag(share) - np.outer(share, share))  # of the multinomial distribution
    assert np.cov(counts.T) == pytest.approx(covariance, abs=0.1 * covariance.max())


def test_the_interval_is_that_of_resampled_comparisons_without_their_bias() -> None:
    votes = study_votes(random_votes(3))
    counts = np.bincount(votes.comparison * 3 + votes.option, minlength=120).reshape(40, 3)
    rng = np.random.default_rng(0)
    draws = [
        krippendorff.alpha(value_counts=counts[rng.integers(40, size=40)], level_of_measurement="nominal") for _ in range(800)
    ]
    (found, *_) = agreement(votes, 1000, 0)
    middle = 2 * krippendorff.alpha(value_counts=counts, level_of_measurement="nominal") - np.mean(draws)
    margin = t.ppf(0.975, 39) * np.std(draws, ddof=1)
    assert (found.low, found.high) == pytest.approx((middle - margin, middle + margin), abs=0.03)


def test_a_criterion_is_judged_over_all_prompt_sets_and_then_in_each() -> None:
    found = agreement(study_votes(random_votes(0)), 20, 0)
    assert [(row.prompt_set, row.comparisons) for row in found] == [(None, 40), ("set 0", 20), ("set 1", 20)]


def test_neither_row_order_nor_names_change_an_interval() -> None:
    names = {"A": "Z", "B": "Y", "no clear winner": "no clear winner"}
    choices = random_votes(4)
    renamed = [(*choice[:5], "Z|Y", names[choice[6]]) for choice in choices]
    first, second = (agreement(study_votes(votes), 50, 0) for votes in (choices, [*renamed[::2], *renamed[1::2]]))
    assert [replace(row, prompt_set="") for row in first] == [replace(row, prompt_set="") for row in second]


def test_one_comparison_has_a_coefficient_and_no_interval() -> None:
    (found, _) = agreement(study_votes(ballots("A", "A", "B")), 10, 0)
    assert found.alpha == pytest.approx(0)  # one pair of votes in three is alike, and as many by chance
    assert (found.low, found.ac1_high, found.fleiss_low) == (None, None, None)


def alpha_by_set(counts: IntArray, could: BoolArray) -> float:
    """1 − D_o / D_e by loops, chance that of two votes on items with the same categories."""
    unlike, expected = 0.0, 0.0
    for categories in np.unique(could, axis=0):
        items = counts[(could == categories).all(axis=1)]
        items = items[items.sum(axis=1) > 1]
        number, votes = items.sum(), items.sum(axis=0)
        for item in items:
            unlike += item.sum() - (item * (item - 1)).sum() / (item.sum() - 1)
        expected += number * (1 - (votes * (votes - 1)).sum() / (number * (number - 1)))
    return float(1 - unlike / expected)


@pytest.mark.parametrize("seed", range(5))
def test_items_of_different_categories_are_kept_apart(seed: int) -> None:
    draw = np.random.default_rng(seed)
    could = np.array([[True, first, second, first + second < 2] for first, second in draw.integers(2, size=(40, 2))])
    counts = draw.integers(3, size=could.shape) * could
    assert alpha(counts, could) == pytest.approx(alpha_by_set(counts, could))


def test_a_criterion_that_nobody_answered_in_a_prompt_set_has_no_agreement() -> None:
    votes = study_votes([*ballots("A", "A"), ("other", "p", 0, "w0", "correctness", PAIR, "A")])
    empty = {(row.criterion, row.prompt_set): row for row in agreement(votes, 10, 0)}["quality", "other"]
    assert (empty.comparisons, empty.alpha, empty.ac1, empty.fleiss_low) == (0, None, None, None)


def test_without_votes_nothing_is_said() -> None:
    votes: StudyVotes = study_votes(ballots("A", "B"))
    (found, _) = agreement(votes.only(votes.option < 0), 10, 0)
    assert (found.comparisons, found.alpha, found.low) == (0, None, None)


def test_few_comparisons_or_workers_are_warned_of() -> None:
    votes = [*ballots("A"), *ballots("A", "A", prompt="q"), *ballots("B", "A", "B", prompt="r")]
    (found, _) = agreement(study_votes(votes), 10, 0)
    assert found.warning == "only 2 comparisons and 3 workers: the interval may be too narrow"  # one has a single vote


def test_the_warning_says_where_no_two_workers_voted_on_one_comparison() -> None:
    (found, _) = agreement(study_votes([*ballots("A"), *ballots("A", prompt="q")]), 10, 0)
    assert found.warning == "no two workers’ votes to compare"
