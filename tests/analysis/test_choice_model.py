import math
from collections.abc import Iterator

import numpy as np
import pytest
import statsmodels.api as sm  # type: ignore[import-untyped]
from scipy.stats import t
from statsmodels.discrete.conditional_models import ConditionalLogit  # type: ignore[import-untyped]
from statsmodels.stats.sandwich_covariance import cov_cluster_2groups  # type: ignore[import-untyped]

from analysis.choice_model import Term, choice_model
from analysis.judges import NO_CLEAR_WINNER
from analysis.study_votes import StudyVotes
from analysis.tally import TIE
from tests.analysis.study_votes_made import Choice, study_votes

WORTHS = {"a": 0.0, "b": 0.4, "c": 0.9}
SECOND, THIRD, TIE_IN_SETS = 0.3, -0.4, {"A&E": -0.5, "Human": 0.5}


def vote(choice: str, prompt: int, worker: int, shown: str = "a|b|c", prompt_set: str = "A&E") -> Choice:
    return (prompt_set, f"p{prompt}", 1, f"w{worker}", "quality", shown, choice)


def simulated(votes: int, conditions: str = "abc", seed: int = 0) -> StudyVotes:
    """Choices by the model itself, with the worths and effects above."""
    rng = np.random.default_rng(seed)
    return study_votes([simulated_vote(rng, number, conditions) for number in range(votes)])


def simulated_vote(rng: np.random.Generator, number: int, conditions: str) -> Choice:
    order, prompt_set = rng.permutation(list(conditions)).tolist(), ("A&E", "Human")[number % 2]
    images = [WORTHS[name] + (0, SECOND, THIRD)[position] for position, name in enumerate(order)]
    utility = np.array([*images, TIE_IN_SETS[prompt_set] + np.mean(images)]) + rng.gumbel(size=len(order) + 1)
    choice = [*order, NO_CLEAR_WINNER][utility.argmax()]
    return vote(choice, number // 8, int(rng.integers(40)), "|".join(order), prompt_set)


def terms(votes: StudyVotes) -> dict[str, Term]:
    return {term.term: term for term in choice_model(votes)}


def test_conditions_positions_and_ties_by_prompt_set_are_found_again() -> None:
    truth = {
        "b against a": 0.4,
        "c against a": 0.9,
        "no clear winner in A&E": -0.5,
        "no clear winner in Human": 0.5,
        "position 2 against position 1": SECOND,
        "position 3 against position 1": THIRD,
    }
    found = terms(simulated(6000))
    assert list(found) == list(truth)
    for name, value in truth.items():
        assert found[name].estimate == pytest.approx(value, abs=4 * (found[name].standard_error or 0))
        assert 0 < (found[name].standard_error or 0) < 0.1


def test_estimates_are_those_of_statsmodels() -> None:
    votes = simulated(200)
    chosen, regressors, group = (np.concatenate(each) for each in zip(*alternatives(votes), strict=True))
    expected = ConditionalLogit(chosen, regressors, groups=group).fit(disp=False).params
    assert [term.estimate for term in choice_model(votes)] == pytest.approx(expected, abs=1e-3)


def alternatives(votes: StudyVotes) -> Iterator[tuple[list[int], list[list[float]], list[int]]]:
    """Of each vote: whether it went to each alternative, the alternatives' six regressors, and the vote's number."""
    for number, (order, option) in enumerate(zip(votes.order, votes.option, strict=True)):
        images = [
            [condition == 1, condition == 2, 0, 0, position == 1, position == 2]
            for position, condition in enumerate(votes.orders[order])
        ]
        tie = np.mean(images, axis=0)
        tie[2 + votes.prompt_set[number]] = 1
        chosen = [int(option == condition + 1) for condition in votes.orders[order]] + [int(option == TIE)]
        yield chosen, [*images, tie.tolist()], [number] * len(chosen)


def test_of_pairs_without_ties_all_is_as_in_a_clustered_logistic_regression() -> None:
    votes = simulated(400, "ab")
    votes = votes.only(votes.option != TIE)
    second = np.array([votes.orders[order] == (0, 1) for order in votes.order])  # b stands second
    design = np.column_stack([np.ones(len(votes)), np.where(second, 1.0, -1.0)])
    fit = sm.Logit(votes.option == 2, design).fit(disp=False)
    regressors = (len(votes) - 1) / (len(votes) - 2)  # which statsmodels corrects for, too
    errors = np.sqrt(np.diag(cov_cluster_2groups(fit, votes.pair, votes.worker)[0]) / regressors)
    found = terms(votes)
    both = [found["b against a"], found["position 2 against position 1"]]
    assert [term.estimate for term in both] == pytest.approx(fit.params)
    assert [term.standard_error for term in both] == pytest.approx(errors)


def test_p_and_interval_are_of_t_with_the_scarcer_clusters() -> None:
    for term in choice_model(simulated(400)):
        assert term.estimate is not None
        assert term.standard_error is not None
        assert term.p == pytest.approx(2 * t.sf(abs(term.estimate) / term.standard_error, 39))  # forty workers
        assert term.high == pytest.approx(term.estimate + t.ppf(0.975, 39) * term.standard_error)


def test_in_one_order_conditions_are_told_and_positions_are_not() -> None:
    found = terms(study_votes([vote("abbccc"[n % 6], n, n % 5) for n in range(60)]))
    # All that shares can tell: c has three times, b twice the votes of a.
    assert [found["b against a"].estimate, found["c against a"].estimate] == pytest.approx([math.log(2), math.log(3)])
    assert found["position 2 against position 1"] == undefined("position 2 against position 1")


def undefined(term: str) -> Term:
    return Term("quality", term, None, None, None, None, None)


def test_a_condition_without_a_vote_has_no_term() -> None:
    orders = ["a|b|c", "c|a|b", "b|c|a"]
    votes = [vote("abba"[n % 4], n, n % 5, orders[n % 3]) for n in range(60)]
    found = terms(study_votes([*votes, vote(NO_CLEAR_WINNER, 61, 1)]))
    assert found["c against a"] == undefined("c against a")
    assert found["no clear winner"].estimate == pytest.approx(math.log(1 / 30), abs=0.1)  # against a and b, 30 votes each
    assert found["b against a"].estimate == pytest.approx(0, abs=0.1)


def test_a_prompt_set_without_ties_has_no_term_for_them() -> None:
    votes = [vote("ab"[n % 2], n, n % 5, ["a|b", "b|a"][n // 2 % 2], "Human") for n in range(20)]
    ties = [vote(["a", NO_CLEAR_WINNER][n % 2], n, n % 5, "a|b") for n in range(20)]
    found = terms(study_votes([*votes, *ties]))
    assert found["no clear winner in Human"].estimate is None
    assert found["no clear winner in A&E"].estimate is not None
    assert found["b against a"].estimate is not None


def test_conditions_never_compared_with_the_reference_have_no_term() -> None:
    votes = [vote("abab"[n % 4], n, n % 5, ["a|b", "b|a"][n // 2 % 2]) for n in range(40)]
    others = [vote("cd"[n % 2], n, n % 5, ["c|d", "d|c"][n // 2 % 2]) for n in range(40)]
    found = terms(study_votes(votes + others))
    assert [found[f"{name} against a"].estimate is None for name in "bcd"] == [False, True, True]


def test_a_condition_that_always_wins_leaves_the_others_without_a_term() -> None:
    votes = [vote("a", n, n % 5, ["a|b", "b|a"][n % 2]) for n in range(20)]
    more = [vote("bc"[n % 2], n, n % 5, ["c|b", "b|c"][n // 2 % 2]) for n in range(20)]
    found = terms(study_votes(votes + more))
    assert found["b against a"].estimate is found["c against a"].estimate is None


def test_one_worker_has_estimates_without_errors() -> None:
    votes = [vote("ab"[n % 2], n, 1, ["a|b", "b|a"][n // 2 % 2]) for n in range(8)]
    term = terms(study_votes(votes))["b against a"]
    assert term.estimate == pytest.approx(0, abs=1e-9)
    assert (term.standard_error, term.p) == (None, None)


def test_without_votes_nothing_is_told() -> None:
    votes = study_votes([vote("a", 1, 1)]).only(np.array([False]))
    assert {term.estimate for term in choice_model(votes)} == {None}


def test_the_order_of_votes_changes_nothing() -> None:
    choices = [simulated_vote(np.random.default_rng(n), n, "abc") for n in range(150)]
    forth, back = terms(study_votes(choices)), terms(study_votes(choices[::-1]))
    for name, term in forth.items():
        assert (back[name].estimate, back[name].p) == pytest.approx((term.estimate, term.p))
