"""Position bias, against hand calculations and planted biases."""

import numpy as np
import pytest

from analysis.position import PositionShare, position_bias
from tests.analysis.study_votes_made import Choice, study_votes

TIE = "no clear winner"


def simulated(seed: int, first: float, shown: tuple[str, ...] = ("A", "B", "C"), appeal: float = 1.0) -> list[Choice]:
    """40 workers on each of 60 comparisons in random orders, A more liked by appeal; Image 1 by “first”, in logits."""
    rng = np.random.default_rng(seed)
    votes = []
    for prompt in range(60):
        liked = dict(zip(shown, rng.normal(0, 0.5, len(shown)), strict=True)) | {shown[0]: appeal}
        for worker in rng.choice(40, 8, replace=False):
            order = [str(name) for name in rng.permutation(shown)]
            value = [liked[name] + first * (name == order[0]) + rng.gumbel() for name in order] + [rng.gumbel()]
            choice = [*order, TIE][int(np.argmax(value))]
            votes.append(("set", f"p{prompt}", 0, f"w{worker}", "quality", "|".join(order), choice))
    return votes


def one_of(choices: list[Choice]) -> tuple[PositionShare, ...]:
    return position_bias(study_votes(choices))


def test_shares_of_positions_are_of_votes_for_an_image() -> None:
    choices = [("A|B", "A"), ("B|A", "B"), ("A|B", "B"), ("B|A", TIE)]
    found = one_of([("set", f"p{row}", 0, f"w{row}", "quality", *choice) for row, choice in enumerate(choices)])
    assert [row.position for row in found] == [1, 2]
    assert [row.percent for row in found] == pytest.approx([200 / 3, 100 / 3])
    assert [row.expected for row in found] == pytest.approx([50, 50])


def test_a_condition_liked_for_itself_makes_no_bias_where_orders_are_uneven() -> None:
    # A stands first three times of four and is always chosen: so its position can expect three of four votes
    orders = ["A|B", "A|B", "A|B", "B|A"] * 5
    found = one_of([("set", f"p{row}", 0, f"w{row % 6}", "quality", order, "A") for row, order in enumerate(orders)])
    assert [row.percent for row in found] == [75, 25]
    assert [row.expected for row in found] == pytest.approx([75, 25])
    assert found[0].p is None  # as nothing varies


def test_without_bias_few_p_are_small() -> None:
    p = [one_of(simulated(seed, 0))[0].p or 0 for seed in range(12)]
    assert sum(each < 0.05 for each in p) <= 3  # of twelve
    assert np.mean(p) == pytest.approx(0.5, abs=0.25)


@pytest.mark.parametrize("shown", [("A", "B"), ("A", "B", "C"), ("A", "B", "C", "D")])
def test_a_planted_bias_is_found(shown: tuple[str, ...]) -> None:
    found = one_of(simulated(1, 0.8, shown))
    assert (found[0].p or 0) < 1e-3
    assert (found[0].percent or 0) > (found[0].expected or 0) + 5
    assert len({row.p for row in found}) == 1


def test_pairs_and_triples_together() -> None:
    found = one_of([*simulated(2, 0, ("A", "B")), *simulated(3, 0, ("B", "C", "D"))])
    assert sum(row.percent or 0 for row in found) == pytest.approx(100)
    assert sum(row.expected or 0 for row in found) == pytest.approx(100)
    assert (found[2].percent or 0) < 33
    assert (found[0].p or 0) > 0.01


def test_swapping_names_and_row_order_change_nothing() -> None:
    choices = simulated(5, 0.3)
    swap = {"A": "C", "B": "B", "C": "A", TIE: TIE}
    other = [(*row[:5], "|".join(swap[name] for name in row[5].split("|")), swap[row[6]]) for row in reversed(choices)]
    for first, second in zip(one_of(choices), one_of(other), strict=True):
        assert (first.percent, first.expected, first.p) == pytest.approx((second.percent, second.expected, second.p))


def test_one_worker_gives_no_p() -> None:
    found = one_of([("set", f"p{row}", 0, "w", "quality", "A|B", "A") for row in range(5)])
    assert [(row.percent, row.p) for row in found] == [(100, None), (0, None)]


def test_a_criterion_of_ties_has_no_positions() -> None:
    assert {row.percent for row in one_of([("set", "p", 0, "w", "quality", "A|B", TIE)])} == {None}


def test_without_votes_nothing_is_said() -> None:
    votes = study_votes(simulated(0, 0))
    assert {row.expected for row in position_bias(votes.only(votes.option < 0))} == {None}


def test_few_comparisons_or_workers_are_warned_of() -> None:
    assert {row.warning for row in one_of(simulated(0, 0))} == {""}
    few = [row for row in simulated(0, 0) if row[3] in {"w0", "w1", "w2"}]
    assert "only" in one_of(few)[0].warning
    assert "3 workers" in one_of(few)[0].warning
