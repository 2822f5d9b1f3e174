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
    assert with_gain(value, baseline, digits) == printed


def test_the_gain_of_unrounded_scores_may_print_as_that_of_rounded_ones_does_not() -> None:
    # Table 7 prints 0.356 (+0.84%) over 0.353, which as printed would be +0.85%
    assert with_gain(0.3557, 0.35274, 3) == "0.356 (+0.84%)"


def test_a_loss_has_a_minus() -> None:
    assert relative_gain(1, 2) == -50
    assert with_gain(1, 2, 1) == "1.0 (−50.00%)"
