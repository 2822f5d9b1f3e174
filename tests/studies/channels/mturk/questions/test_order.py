import string
from itertools import permutations, product
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chisquare

from studies.channels.mturk.questions.order import fnv_1a, mixed, permutation, shown_order

ASSIGNMENTS = 24_000
UNLIKELY = 1e-4  # the draws are fixed: a test that passes once passes always


def ids(number: int) -> list[str]:
    """Ids such as Mechanical Turk gives, which differ in few of their 30 characters."""
    random = Random(7)
    alphabet = string.ascii_uppercase + string.digits
    return ["3" + "".join(random.choices(alphabet, k=11)) + "ZMAXJ1ABCD0EFGHIJK" for _ in range(number)]


@pytest.mark.parametrize(("text", "value"), [(b"", 0x811C9DC5), (b"a", 0xE40C292C), (b"foobar", 0xBF9CF968)])
def test_the_hash_gives_the_published_values(text: bytes, value: int) -> None:
    assert fnv_1a(text) == value  # RFC 9923, appendix C


@pytest.mark.parametrize(("seed", "value"), [(0, 0), (1, 0x514E28B7), (0xFFFFFFFF, 0x81F16F39)])
def test_the_finaliser_gives_what_murmurhash3_gives_for_no_bytes(seed: int, value: int) -> None:
    assert mixed(seed) == value


@pytest.mark.parametrize(("number", "order"), [(0, [0, 1, 2, 3]), (1, [0, 1, 3, 2]), (6, [1, 0, 2, 3]), (23, [3, 2, 1, 0])])
def test_permutations_are_numbered_alphabetically(number: int, order: list[int]) -> None:
    assert permutation(number, 4) == order


def test_the_order_is_a_hash_of_both_ids() -> None:
    assert shown_order("A1", "k1", 4) == permutation(mixed(fnv_1a(b"A1\nk1")) % 24, 4)


@given(st.text(), st.text(), st.integers(1, 8))
def test_every_image_has_one_position(assignment_id: str, key: str, images: int) -> None:
    assert sorted(shown_order(assignment_id, key, images)) == list(range(images))


@pytest.mark.parametrize("images", [2, 3, 4])
def test_all_orders_are_equally_frequent(images: int) -> None:
    drawn = [tuple(shown_order(assignment_id, "c7Xq", images)) for assignment_id in ids(ASSIGNMENTS)]
    counts = [drawn.count(order) for order in permutations(range(images))]
    assert chisquare(counts).pvalue > UNLIKELY


@pytest.mark.parametrize("keys", [("c1", "c2"), ("c2", "c3"), ("f3a9", "9b07")])
def test_the_orders_of_two_comparisons_of_one_assignment_are_independent(keys: tuple[str, str]) -> None:
    orders = list(permutations(range(3)))
    drawn = [tuple(tuple(shown_order(assignment_id, key, 3)) for key in keys) for assignment_id in ids(ASSIGNMENTS)]
    counts = [drawn.count(both) for both in product(orders, orders)]
    assert chisquare(counts).pvalue > UNLIKELY


def test_ids_that_follow_each_other_have_unrelated_orders() -> None:
    orders = list(permutations(range(2)))
    drawn = [tuple(tuple(shown_order(f"3ABC{number + more}", "k", 2)) for more in (0, 1)) for number in range(10_000, 22_000)]
    counts = [drawn.count(both) for both in product(orders, orders)]
    assert chisquare(counts).pvalue > UNLIKELY
