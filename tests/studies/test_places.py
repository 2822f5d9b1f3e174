"""Balance is counted here by hand, position by position; nothing is compared with what the code once gave."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studies.places import orders, ranks

ITEMS = st.integers(2, 4)


def _spread(rows: list[list[int]], items: int) -> int:
    """The largest difference between how often two items stand at one position."""
    counts = [[sum(row[position] == item for row in rows) for item in range(items)] for position in range(items)]
    return max(max(column) - min(column) for column in counts)


@given(items=ITEMS, index=st.integers(0, 9), places=st.integers(1, 13), seed=st.text(max_size=3))
def test_in_a_comparison_each_condition_stands_at_each_position_equally_often(
    items: int, index: int, places: int, seed: str
) -> None:
    rows = orders(seed, range(items), index, 0, places)
    assert all(sorted(row) == list(range(items)) for row in rows)
    assert _spread(rows, items) == (0 if places % items == 0 else 1)


@given(items=ITEMS, comparisons=st.integers(1, 14), places=st.integers(1, 9), seed=st.text(max_size=3))
def test_over_a_study_the_positions_are_equal_wherever_the_number_of_places_allows_it(
    items: int, comparisons: int, places: int, seed: str
) -> None:
    rows = [row for index in range(comparisons) for row in orders(seed, range(items), index, 0, places)]
    assert _spread(rows, items) == (0 if len(rows) % items == 0 else 1)


@given(items=ITEMS, index=st.integers(0, 9), first=st.integers(0, 6), more=st.integers(1, 6))
def test_places_added_later_go_on_where_the_first_ones_ended(items: int, index: int, first: int, more: int) -> None:
    at_once = orders("seed", range(items), index, 0, first + more)
    assert orders("seed", range(items), index, 0, first) + orders("seed", range(items), index, first, first + more) == at_once


@pytest.mark.parametrize(("items", "possible"), [(2, 2), (3, 6), (4, 24)])
def test_every_order_occurs(items: int, possible: int) -> None:
    seen = {tuple(row) for index in range(400) for row in orders("seed", range(items), index, 0, 1)}
    assert len(seen) == possible


@given(sets=st.lists(st.sampled_from("AB"), min_size=1, max_size=12), places=st.integers(1, 4))
def test_ranks_are_all_different_and_no_comparison_is_two_places_ahead(sets: list[str], places: int) -> None:
    ranked = ranks("seed", sets, places)
    assert sorted(rank for own in ranked for rank in own) == list(range(len(sets) * places))
    assert all(number * len(sets) <= own[number] < (number + 1) * len(sets) for own in ranked for number in range(places))


def test_prompt_sets_take_turns_in_proportion() -> None:
    sets = ["A&E"] * 60 + ["Human"] * 30 + ["Hand"] * 30
    for seed in range(20):
        first = Counter(sets[position] for position, (rank,) in enumerate(ranks(str(seed), sets, 1)) if rank < 20)
        assert (first["A&E"], first["Human"], first["Hand"]) == (10, 5, 5)


def test_another_seed_draws_another_design() -> None:
    designs = {str([orders(seed, range(4), index, 0, 4) for index in range(4)]) for seed in "abcdef"}
    assert len(designs) > 1
