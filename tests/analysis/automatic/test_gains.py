import pytest

from analysis.automatic.gains import relative_gain, with_gain

# Desai & Vasconcelos (ECCV 2024), Table 7: value, baseline, digits, as printed
PRINTED = [
    (0.274, 0.266, 3, "0.274 (+3.01%)"),
    (11.67, 11.23, 2, "11.67 (+3.92%)"),
    (0.264, 0.259, 3, "0.264 (+1.93%)"),
    (0.352, 0.345, 3, "0.352 (+2.03%)"),
    (12.96, 11.46, 2, "12.96 (+13.09%)"),
]


@pytest.mark.parametrize(("value", "baseline", "digits", "printed"), PRINTED)
def test_gains_print_as_in_table_7(value: float, baseline: float, digits: int, printed: str) -> None:
    assert with_gain(value, relative_gain(value, baseline), digits) == printed


def test_the_gain_of_unrounded_scores_may_print_as_that_of_rounded_ones_does_not() -> None:
    # Table 7 prints 0.356 (+0.84%) over 0.353, which as printed would be +0.85%
    assert with_gain(0.3557, relative_gain(0.3557, 0.35274)) == "0.356 (+0.84%)"


def test_what_is_less_has_a_minus() -> None:
    assert relative_gain(1, 2) == -50
    assert with_gain(1, -50, 1) == "1.0 (−50.00%)"


def test_more_than_a_negative_baseline_is_a_gain() -> None:
    assert relative_gain(-0.5, -1) == 50


def test_over_nothing_there_is_no_gain() -> None:
    assert relative_gain(1, 0) is None
    assert with_gain(1, None, 2) == "1.00"
