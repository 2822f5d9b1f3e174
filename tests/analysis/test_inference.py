from random import Random

import numpy as np
import pytest
import statsmodels.api as sm  # type: ignore[import-untyped]
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import t
from statsmodels.stats.sandwich_covariance import cov_cluster_2groups  # type: ignore[import-untyped]

from analysis.inference import Difference, ShareInterval, differences, share_intervals
from analysis.judges import NO_CLEAR_WINNER, NO_CLEAR_WINNER_ROW
from analysis.study_votes import FloatArray, StudyVotes
from tests.analysis.study_votes_made import Choice, study_votes

SHOWN = "a|b|c"
OPTIONS, METHODS = (NO_CLEAR_WINNER, "a", "b", "c"), (NO_CLEAR_WINNER_ROW, "a", "b", "c")


def crossed_votes(workers: int = 25, seed: int = 0) -> StudyVotes:
    """Votes on 40 comparisons of three images, where comparisons and workers lean to options."""
    rng = np.random.default_rng(seed)
    of_pairs, of_workers = rng.normal(size=(40, 4)), rng.normal(size=(workers, 4))
    votes = [(pair, worker) for pair in range(40) for worker in rng.choice(workers, 8, replace=False)]
    leaning = [(of_pairs[pair] + of_workers[worker] + rng.gumbel(size=4)).argmax() for pair, worker in votes]
    return study_votes(
        [vote(OPTIONS[option], f"p{pair}", f"w{worker}") for (pair, worker), option in zip(votes, leaning, strict=True)]
    )


def vote(choice: str, prompt: str, worker: str, shown: str = SHOWN, criterion: str = "quality") -> Choice:
    return ("A&E", prompt, 1, worker, criterion, shown, choice)


def limits_of_statsmodels(values: FloatArray, votes: StudyVotes) -> tuple[float, float, float]:
    """Low, high and p of a mean, two-way clustered, with t of the scarcer clusters, in per cent."""
    fit = sm.OLS(values, np.ones(len(values))).fit()
    error = cov_cluster_2groups(fit, votes.pair, votes.worker)[0].item() ** 0.5
    degrees = min(len(set(votes.pair)), len(set(votes.worker))) - 1
    margin = t.ppf(0.975, degrees) * error
    p = 2 * t.sf(abs(values.mean()) / error, degrees)
    return 100 * (values.mean() - margin), 100 * (values.mean() + margin), p


def test_a_shares_interval_is_that_of_statsmodels() -> None:
    votes = crossed_votes()
    for option, share in enumerate(share_intervals(votes)):
        low, high, _ = limits_of_statsmodels((votes.option == option).astype(float), votes)
        assert (share.low, share.high) == pytest.approx((low, high))
        assert (share.comparisons, share.workers, share.warning) == (40, 25, "")


def test_a_differences_interval_and_p_are_those_of_statsmodels() -> None:
    votes = crossed_votes()
    for difference in differences(votes):
        a, b = (votes.options.index(name) for name in difference.pair)
        expected = limits_of_statsmodels((votes.option == a).astype(float) - (votes.option == b), votes)
        assert (difference.low, difference.high, difference.p) == pytest.approx(expected)


def test_a_difference_is_that_of_the_two_percentages() -> None:
    votes = crossed_votes()
    percent = {share.method: share.percent for share in share_intervals(votes)}
    for difference in differences(votes):
        first, second = (percent[name] for name in difference.pair)
        assert first is not None
        assert second is not None
        assert difference.estimate == first - second


def test_every_two_conditions_are_compared_once_in_the_tables_order() -> None:
    votes = study_votes([vote("a", "p1", "w1")], conditions="c|a|b")
    assert [difference.pair for difference in differences(votes)] == [("c", "a"), ("c", "b"), ("a", "b")]


def test_exact_tests_count_votes_and_comparisons() -> None:
    # Two prompts where a has 3 of 5 votes and b 2, one where b has the only vote: a wins 6 : 5 in votes, 2 : 1 in comparisons.
    five = [vote(choice, prompt, f"w{n}") for prompt in ("p1", "p2") for n, choice in enumerate("aaabb")]
    difference = differences(study_votes([*five, vote("b", "p3", "w1")]))[0]
    assert difference.binomial_p == pytest.approx(1)  # 6 of 11
    assert difference.sign_p == 1.0  # 2 of 3


def test_eight_of_ten_votes() -> None:
    votes = [vote("a" if number < 8 else "b", f"p{number}", f"w{number}") for number in range(10)]
    difference = differences(study_votes([*votes, vote(NO_CLEAR_WINNER, "p10", "w10")]))[0]
    assert (difference.binomial_p, difference.sign_p) == pytest.approx((0.109375, 0.109375))


def test_an_option_never_chosen_has_an_interval_of_the_scarcer_clusters() -> None:
    share = share_intervals(crossed_without("c", workers=12))[3]
    assert (share.percent, share.low) == (0.0, 0.0)
    assert share.high == pytest.approx(100 * (1 - 0.025 ** (1 / 12)))  # none of twelve, Clopper & Pearson


def crossed_without(condition: str, workers: int) -> StudyVotes:
    votes = crossed_votes(workers)
    return votes.only(votes.option != votes.options.index(condition))


def test_a_condition_always_chosen_wins_by_the_sign_test_of_the_scarcer_clusters() -> None:
    votes = study_votes([vote("a", f"p{pair}", f"w{worker}") for pair in range(9) for worker in range(5)])
    difference = differences(votes)[0]
    least = 0.025 ** (1 / 5)  # all of five, Clopper & Pearson
    assert (difference.estimate, difference.p) == pytest.approx((100, 2 / 2**5))
    assert (difference.low, difference.high) == pytest.approx((100 * (least - (1 - least)), 100.0))


def test_two_conditions_never_chosen_are_not_tested() -> None:
    difference = differences(study_votes([vote("a", f"p{n}", f"w{n}") for n in range(9)]))[2]
    assert (difference.pair, difference.estimate, difference.p, difference.p_adjusted) == (("b", "c"), 0.0, None, None)
    assert difference.low == -difference.high < 0  # type: ignore[operator]


def test_intervals_stay_within_all_and_nothing() -> None:
    votes = [vote("a", f"p{n}", f"w{n}") for n in range(9)]
    shares = share_intervals(study_votes([*votes, vote("b", "p9", "w9")]))
    assert [(share.low, share.high) for share in shares][1:3] == [
        (pytest.approx(67.4, abs=0.1), 100.0),
        (0.0, pytest.approx(32.6, abs=0.1)),
    ]


def test_a_share_is_of_the_votes_on_comparisons_that_showed_it() -> None:
    pairs = [vote("a", f"p{n}", f"w{n}", "a|b") for n in range(3)] + [
        vote("c", "p0", "w4", "c|a"),
        vote("c", "p5", "w5", "b|c"),
    ]
    shares = {share.method: share for share in share_intervals(study_votes(pairs))}
    assert [(shares[name].votes, shares[name].total) for name in METHODS] == [(0, 5), (3, 4), (0, 4), (2, 2)]
    assert [(shares[name].comparisons, shares[name].workers) for name in METHODS] == [(4, 5), (3, 4), (4, 4), (2, 2)]


def test_two_conditions_that_met_others_too_are_compared_head_to_head() -> None:
    met = {"a|b": ("a", 8), "a|c": ("a", 4)}  # a beats the weak b by 8 of 10, and loses to c by 4 of 10
    votes = study_votes(
        vote(winner if number < won else shown[2], f"p{number}", f"w{number}", shown)
        for shown, (winner, won) in met.items()
        for number in range(10)
    )
    found = {each.pair: each for each in differences(votes)}
    assert found["a", "b"].estimate == pytest.approx(80 - 20)
    assert found["a", "c"].estimate == pytest.approx(40 - 60)  # although a has 12 of 20 votes, and c 6 of 10
    assert (found["b", "c"].estimate, found["b", "c"].p, found["b", "c"].p_adjusted) == (None, None, None)


def test_one_worker_has_shares_without_intervals() -> None:
    votes = study_votes([vote("a", "p1", "w1"), vote("b", "p2", "w1")])
    share, difference = share_intervals(votes)[1], differences(votes)[0]
    assert (share.percent, share.low, share.high) == (50.0, None, None)
    assert (difference.estimate, difference.low, difference.high, difference.p) == (0.0, None, None, None)
    assert share.warning == "only 2 comparisons and 1 worker: no interval can be given"


def test_a_criterion_nobody_answered_in_a_prompt_set_is_undefined() -> None:
    other = ("Human", "p9", 1, "w1", "correctness", SHOWN, "a")
    votes = study_votes([vote("a", "p1", "w1"), other])
    share = next(each for each in share_intervals(votes) if (each.prompt_set, each.criterion) == ("A&E", "correctness"))
    assert share == ShareInterval("A&E", NO_CLEAR_WINNER_ROW, "correctness", 0, 0, 0, None, None, None, 0, 0, "no votes")


def test_no_votes_at_all_are_undefined() -> None:
    votes = study_votes([vote("a", "p1", "w1")]).only(np.array([False]))
    assert {share.percent for share in share_intervals(votes)} == {None}
    assert {(difference.p, difference.binomial_p) for difference in differences(votes)} == {(None, None)}


def test_a_higher_level_is_a_wider_interval() -> None:
    votes = crossed_votes()
    narrow, wide = share_intervals(votes, 0.9)[1], share_intervals(votes, 0.99)[1]
    assert wide.low < narrow.low < narrow.high < wide.high  # type: ignore[operator]


CHOICES = st.lists(
    st.builds(
        lambda prompt, worker, criterion, choice: vote(choice, f"p{prompt}", f"w{worker}", SHOWN, criterion),
        st.integers(0, 4),
        st.integers(0, 4),
        st.sampled_from(["quality", "correctness"]),
        st.sampled_from(OPTIONS),
    ),
    min_size=1,
    max_size=30,
)


@settings(max_examples=20)
@given(CHOICES)
def test_shares_of_a_cell_sum_to_100(choices: list[Choice]) -> None:
    shares = share_intervals(study_votes(choices))
    for criterion in {choice[4] for choice in choices}:
        assert sum(share.percent or 0 for share in shares if share.criterion == criterion) == pytest.approx(100)


@settings(max_examples=20)
@given(CHOICES)
def test_votes_counted_twice_tell_no_more(choices: list[Choice]) -> None:
    once, twice = (share_intervals(study_votes(votes)) for votes in (choices, choices * 2))
    for share, doubled in zip(once, twice, strict=True):
        assert (doubled.votes, doubled.percent) == (2 * share.votes, share.percent)
        assert (doubled.low, doubled.high) == pytest.approx((share.low, share.high))


@settings(max_examples=20)
@given(CHOICES, st.randoms(use_true_random=False))
def test_neither_names_nor_rows_nor_positions_matter(choices: list[Choice], random: Random) -> None:
    new = {"a": "Z", "b": "y", "c": "X"}
    renamed = [(*rest, random.choice(["X|y|Z", "Z|y|X"]), new.get(choice, choice)) for *rest, _, choice in choices]
    shuffled = study_votes(random.sample(renamed, len(renamed)), conditions="Z|y|X")  # type: ignore[arg-type]
    assert by_place(shuffled) == {place: pytest.approx(numbers) for place, numbers in by_place(study_votes(choices)).items()}


def by_place(votes: StudyVotes) -> dict[tuple[str, int], tuple[float | None, ...]]:
    """The numbers of each difference by its criterion and the place of its conditions."""
    found: dict[str, list[Difference]] = {}
    for difference in differences(votes):
        found.setdefault(difference.criterion, []).append(difference)
    return {
        (criterion, place): (each.estimate, each.low, each.high, each.p_adjusted, each.binomial_p, each.sign_p)
        for criterion, those in found.items()
        for place, each in enumerate(those)
    }
