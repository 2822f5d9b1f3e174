import pytest

from analysis.bundle.differing import differing, differing_lines, leaves

ROW = {"method": "SD", "percent": 50.0, "low": None}


def test_equal_numbers_do_not_differ() -> None:
    assert not list(differing({"shares": [ROW], "seed": 1}, {"shares": [dict(ROW)], "seed": 1.0}))


def test_rounding_in_another_order_is_no_difference() -> None:
    assert not list(differing([0.1 + 0.2, 1e-17], [0.3, 0.0]))


@pytest.mark.parametrize(("stated", "recomputed"), [(50.0, 50.001), (None, 0.0), (1, True), ("a", "b"), ([], {}), (1, "1")])
def test_another_value_is_a_difference(stated: object, recomputed: object) -> None:
    (found,) = differing({"a": [stated]}, {"a": [recomputed]})
    assert (found.where, found.stated, found.recomputed) == ("a[0]", stated, recomputed)


def test_a_difference_says_where_and_in_which_row() -> None:
    (found,) = differing({"shares": [ROW | {"percent": 60.0}]}, {"shares": [ROW]})
    assert str(found) == "shares[0].percent (SD): stated 60.0, recomputed 50.0"


def test_what_is_on_one_side_alone_is_a_difference() -> None:
    assert [str(found) for found in differing({"a": [1, 2]}, {"a": [1], "b": 3})] == [
        "a[1]: stated 2, recomputed nothing",
        "b: stated nothing, recomputed 3",
    ]


def test_lines_are_counted_from_one() -> None:
    (found,) = differing_lines("tables.md", "a\nb\n", "a\nc\n")
    assert str(found) == "tables.md line 2: stated b, recomputed c"


def test_values_that_hold_no_others_are_counted() -> None:
    assert leaves({"a": [1, None, {"b": "c"}], "d": []}) == 3
