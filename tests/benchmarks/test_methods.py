import numpy as np
import pytest

from benchmarks.methods import CASES, Case, Measured, line, table
from benchmarks.negatives import with_colours_exchanged
from generation import methods


def test_exchanged_colours_go_round() -> None:
    assert with_colours_exchanged("a red circle and an orange star") == "an orange circle and a red star"
    alike = with_colours_exchanged("a red ring, a blue ring and a green ring")
    assert alike == "a blue ring, a green ring and a red ring"


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.method}-{case.scheduler}-{case.told()}")
def test_every_case_is_one_that_its_method_takes(case: Case) -> None:
    negative = {"negative": "blurry"} if case.negatives else {}
    methods.complete(case.method, case.settings | negative)
    methods.require_fit(case.method, case.scheduler)


def measured(case: Case, right: int, scores: list[float]) -> Measured:
    return Measured(case, np.arange(len(scores)) < right, np.array(scores))


def test_a_line_says_the_share_and_its_wilson_interval() -> None:
    said = line(measured(Case("cfg", {"scale": 4.0}), 8, [0.5] * 10))
    assert said == "| `cfg` | scale 4.0 | ddim | 8, 80.0 % | 49.0–94.3 % |"  # Newcombe (1998): 8 of 10 is .490 to .943


def test_gains_of_clip_scores_are_over_the_first_line() -> None:
    cases = [measured(Case("cfg"), 2, [0.2, 0.3]), measured(Case("answer"), 2, [0.3, 0.45])]
    *_, first, second, _ = table("Two shapes", cases).split("\n")
    assert first.endswith("| 0.250 | 0.200–0.300 |  |")
    assert second.endswith("| +50.0 % |")  # .375 over .250
