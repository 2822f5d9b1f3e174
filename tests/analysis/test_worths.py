from collections.abc import Callable
from itertools import combinations

import choix
import evalica
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from analysis.choice_likelihood import Choices, log_likelihood
from analysis.worths import Shown, Worths, davidson, groups, half_tie, no_ties, shown_sets

Array = npt.NDArray[np.float64]
Fit = Callable[[Array, Array, Shown], Worths]
ALL_FITS = pytest.mark.parametrize("fit", [davidson, half_tie, no_ties])

# Davidson (1970): tasters of pudding mixes; pair, preferred the first, the second, neither.
PUDDINGS = """1 2 19 22 16  1 3 16 19 12  2 3 19 19 10  1 4 18 23 13  2 4 23 19 9  3 4 19 20 15  1 5 13 19 18  2 5 16 20 12
3 5 16 15 17  4 5 17 14 16  1 6 18 21 12  2 6 22 20 12  3 6 13 18 10  4 6 14 19 18  5 6 11 21 12"""
PUDDING = np.array(PUDDINGS.split(), float).reshape(-1, 5)


def pairs(of: int) -> Shown:
    return shown_sets(np.array([[code in pair for code in range(of)] for pair in combinations(range(of), 2)]))


def puddings() -> tuple[Array, Array, Shown]:
    members = np.array([[code in row[:2] for code in range(1, 7)] for row in PUDDING])
    return PUDDING[:, 2:4].reshape(1, -1), PUDDING[None, :, 4], shown_sets(members)


def drawn(shown: Shown, seed: int, tables: int = 1) -> tuple[Array, Array]:
    """Wins and ties of which every one is there."""
    rng = np.random.default_rng(seed)
    wins, ties = rng.integers(1, 30, (tables, len(shown.wins))), rng.integers(1, 9, (tables, len(shown.sizes)))
    return wins.astype(float), ties.astype(float)


def duels(wins: Array, ties: Array) -> dict[str, list[object]]:
    """The pairs of a table as evalica takes them, each with its weight."""
    outcomes = [evalica.Winner.X, evalica.Winner.Y, evalica.Winner.Draw]
    size = next(k for k in range(99) if k * (k - 1) == len(wins[0]))
    weights = np.column_stack([wins.reshape(-1, 2), ties[0]])
    rows = [
        (first, second, winner, weight)
        for (first, second), counts in zip(combinations(range(size), 2), weights, strict=True)
        for winner, weight in zip(outcomes, counts, strict=True)
    ]
    return dict(zip(["xs", "ys", "winners", "weights"], map(list, zip(*rows, strict=True)), strict=True))


def test_davidsons_puddings() -> None:
    found = davidson(*puddings())  # Davidson (1970)
    assert found.worth[0] == pytest.approx([0.138803, 0.173002, 0.161747, 0.165373, 0.158685, 0.202389], abs=1e-6)
    assert found.ties[0] == pytest.approx(0.746823, abs=1e-6)


def test_the_log_likelihood_of_davidsons_puddings() -> None:
    features = []
    for row in PUDDING:
        first, second = np.eye(6)[int(row[0]) - 1], np.eye(6)[int(row[1]) - 1]
        features += [[*first, 0], [*second, 0], [*(first + second) / 2, 1]]
    found = davidson(*puddings())
    parameters = np.log([[*found.worth[0], found.ties[0]]])
    choices = Choices(np.repeat(np.arange(15), 3), np.array(features))
    assert log_likelihood(parameters, PUDDING[:, 2:].reshape(1, -1), choices) == pytest.approx(-809.7095, abs=1e-4)


@pytest.mark.parametrize(("fit", "tie_weight"), [(half_tie, 0.5), (no_ties, 0.0)])
def test_pairs_have_the_worths_of_evalicas_bradley_terry(fit: Fit, tie_weight: float) -> None:
    shown = pairs(5)
    wins, ties = drawn(shown, 1)
    found = evalica.bradley_terry(**duels(wins, ties), tie_weight=tie_weight, tolerance=1e-13, limit=10_000)  # type: ignore[arg-type]
    scores = found.scores.sort_index().to_numpy()
    assert fit(wins, ties, shown).worth[0] == pytest.approx(scores / scores.sum(), rel=1e-6)


def test_choices_out_of_sets_of_any_size_have_the_worths_of_choix() -> None:
    shown = shown_sets(np.array([[1, 1, 1, 1], [1, 1, 0, 0], [0, 1, 1, 1]], bool))
    wins, ties = drawn(shown, 2)
    data = [
        (int(won), tuple(other for other in range(4) if shown.members[number, other] and other != won))
        for (number, won), times in zip(shown.wins, wins[0], strict=True)
        for _ in range(int(times))
    ]
    expected = np.exp(choix.mm_top1(4, data, max_iter=10_000, tol=1e-12))
    assert no_ties(wins, ties, shown).worth[0] == pytest.approx(expected / expected.sum(), rel=1e-6)


def test_davidsons_model_of_sets_of_any_size_is_where_a_general_optimizer_ends() -> None:
    shown = shown_sets(np.array([[1, 1, 1], [1, 1, 0], [0, 1, 1]], bool))
    wins, ties = drawn(shown, 3)

    def unlikely(logarithms: Array) -> float:
        worth, nu, total = np.exp(logarithms[:3]), np.exp(logarithms[3]), 0.0
        for number, members in enumerate(shown.members):
            chosen = shown.wins[:, 0] == number
            tie = nu * np.prod(worth[members]) ** (1 / members.sum())
            total += wins[0, chosen] @ np.log(worth[members]) + ties[0, number] * np.log(tie)
            total -= (wins[0, chosen].sum() + ties[0, number]) * np.log(worth[members].sum() + tie)
        return -total

    best = np.exp(minimize(unlikely, np.zeros(4), method="BFGS", options={"gtol": 1e-7}).x)
    found = davidson(wins, ties, shown)
    assert found.worth[0] == pytest.approx(best[:3] / best[:3].sum(), rel=1e-4)
    assert found.ties[0] == pytest.approx(best[3], rel=1e-4)


@ALL_FITS
@given(votes=st.lists(st.integers(1, 500), min_size=2, max_size=12), tied=st.integers(0, 500))
@settings(max_examples=20)
def test_worths_are_shares_where_the_same_conditions_are_always_shown(fit: Fit, votes: list[int], tied: int) -> None:
    shown = shown_sets(np.ones((1, len(votes)), bool))
    shared = tied / len(votes) if fit is half_tie else 0
    expected = (np.array(votes) + shared) / (sum(votes) + shared * len(votes))
    assert fit(np.array([votes], float), np.array([[tied]], float), shown).worth[0] == pytest.approx(expected, rel=1e-9)


@ALL_FITS
@given(order=st.permutations(range(4)), seed=st.integers(0, 99))
@settings(max_examples=20)
def test_renamed_conditions_take_their_worths_along(fit: Fit, order: list[int], seed: int) -> None:
    shown = pairs(4)
    wins, ties = drawn(shown, seed)
    renamed = shown_sets(shown.members[:, order])
    place = {(number, order.index(won)): wins[0, at] for at, (number, won) in enumerate(shown.wins.tolist())}
    moved = np.array([[place[number, won] for number, won in renamed.wins.tolist()]])
    assert fit(moved, ties, renamed).worth[0] == pytest.approx(fit(wins, ties, shown).worth[0, order], rel=1e-8)


@ALL_FITS
def test_ten_times_the_votes_have_the_same_worths(fit: Fit) -> None:
    shown = pairs(4)
    wins, ties = drawn(shown, 4)
    assert fit(10 * wins, 10 * ties, shown).worth == pytest.approx(fit(wins, ties, shown).worth, rel=1e-9)


@ALL_FITS
def test_many_tables_at_once_are_fitted_as_each_by_itself(fit: Fit) -> None:
    shown = pairs(3)
    wins, ties = drawn(shown, 5, tables=1200)
    alone = fit(wins[777:778], ties[777:778], shown)
    assert fit(wins, ties, shown).worth[777] == pytest.approx(alone.worth[0], rel=1e-9)


@ALL_FITS
def test_a_condition_that_never_wins_has_the_worth_of_half_a_vote(fit: Fit) -> None:
    shown = shown_sets(np.ones((1, 2), bool))
    found = fit(np.array([[9.0, 0.0]]), np.zeros((1, 1)), shown)
    assert found.helped.tolist() == [True]
    assert found.worth[0] == pytest.approx([9.5 / 10, 0.5 / 10])


def test_a_tie_is_half_a_win_that_needs_no_help() -> None:
    shown = shown_sets(np.ones((1, 2), bool))
    found = half_tie(np.array([[9.0, 0.0]]), np.array([[2.0]]), shown)
    assert not found.helped.any()
    assert found.worth[0] == pytest.approx([10 / 11, 1 / 11])


def test_who_wins_only_a_detour_away_needs_no_help() -> None:
    shown = pairs(3)  # 0 beats 1, 1 beats 2, 2 beats 0
    found = no_ties(np.array([[5.0, 0, 0, 5, 5, 0]]), np.zeros((1, 3)), shown)
    assert not found.helped.any()
    assert found.worth[0] == pytest.approx([1 / 3] * 3)


def test_worths_far_apart_are_found_too() -> None:
    shown = pairs(12)
    neighbours = shown.members.argmax(axis=1) + 1 == 11 - shown.members[:, ::-1].argmax(axis=1)
    wins = np.where(neighbours[:, None], [[999_999.0, 1.0]], 0).reshape(1, -1)
    found = davidson(wins, np.zeros((1, 66)), shown)
    assert np.log(found.worth[0, :-1] / found.worth[0, 1:]) == pytest.approx(np.log(999_999))


@ALL_FITS
def test_a_table_without_votes_has_no_worths(fit: Fit) -> None:
    found = fit(np.array([[0.0, 0.0], [1.0, 1.0]]), np.zeros((2, 1)), shown_sets(np.ones((1, 2), bool)))
    assert np.isnan(found.worth[0]).all()
    assert found.worth[1] == pytest.approx([0.5, 0.5])


def test_without_ties_the_tie_parameter_is_zero() -> None:
    shown = pairs(3)
    wins, ties = drawn(shown, 6)
    found = davidson(wins, 0 * ties, shown)
    assert found.ties.tolist() == [0]
    assert found.worth == pytest.approx(no_ties(wins, ties, shown).worth)


def test_conditions_of_different_sets_are_linked_by_those_they_share() -> None:
    assert groups(np.array([[1, 1, 0, 0], [0, 1, 1, 0], [0, 0, 1, 1]], bool)) == 1
    assert groups(np.array([[1, 1, 0, 0], [0, 0, 1, 1]], bool)) == 2
