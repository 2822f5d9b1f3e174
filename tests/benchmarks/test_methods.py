import pytest

from benchmarks.methods import CASES, Case, line, swapped
from generation import methods


def test_swapped_exchanges_the_two_colours() -> None:
    assert swapped("a red circle and an orange star") == "an orange circle and a red star"


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.method}-{case.scheduler}")
def test_every_case_is_one_that_its_method_takes(case: Case) -> None:
    row = case.row("a red circle and a blue star", 0)
    methods.complete(row.method, row.settings)
    methods.require_fit(row.method, row.scheduler)


def test_a_line_says_the_share_and_its_wilson_interval() -> None:
    said = line(Case("cfg", {"scale": 4.0}), 8, 10)
    assert said == "| `cfg` | scale 4.0 | ddim | 8, 80.0 % | 49.0–94.3 % |"  # Newcombe (1998): 8 of 10 is .490 to .943
