import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from generation.seeds import LARGEST_SEED, MOST_SEEDS, parse_seeds

RANGES = st.lists(st.tuples(st.integers(0, LARGEST_SEED - 20), st.integers(0, 20)), min_size=1, max_size=8)


@pytest.mark.parametrize(
    ("text", "seeds"),
    [("0", [0]), ("0-3, 17", [0, 1, 2, 3, 17]), (" 5 - 7 ,6", [5, 6, 7]), (str(LARGEST_SEED), [LARGEST_SEED])],
)
def test_seeds_are_read_as_researchers_write_them(text: str, seeds: list[int]) -> None:
    assert parse_seeds(text) == seeds


@given(RANGES)
def test_written_ranges_are_read_as_the_seeds_they_hold(ranges: list[tuple[int, int]]) -> None:
    text = ", ".join(f"{low}-{low + more}" if more else f"{low}" for low, more in ranges)
    assert parse_seeds(text) == sorted({seed for low, more in ranges for seed in range(low, low + more + 1)})


@pytest.mark.parametrize(
    "text", ["", "a", "1,", "3-1", "-1", "1.5", "1-2-3", f"0-{MOST_SEEDS}", str(LARGEST_SEED + 1), "٣", "²"]
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        parse_seeds(text)


def test_too_many_seeds_in_all_are_refused() -> None:
    with pytest.raises(ValidationError, match="at most"):
        parse_seeds("0-9999, 20000-29999")
