import pytest

from analysis.power import USUAL, USUAL_PLAN, Assumptions, Correlations, Plan, Split
from analysis.power_report import PowerReport, power_report
from analysis.power_text import power_text

TEN_POINTS = Assumptions(Split(0.45, 0.35), USUAL)


@pytest.fixture(scope="module")
def report() -> PowerReport:
    return power_report(USUAL_PLAN, TEN_POINTS, simulations=400, seed=0)


def test_simulations_agree_with_the_closed_form(report: PowerReport) -> None:
    for point in [report.planned, *report.curve]:
        assert point.simulated_power == pytest.approx(point.power, abs=0.08)  # 400 simulations: a standard error of .025
    assert [each.simulated_power for each in report.smallest] == pytest.approx([0.8, 0.9], abs=0.07)
    assert report.false_alarms == pytest.approx(0.05, abs=0.035)


def test_the_curve_rises_and_the_smallest_difference_falls(report: PowerReport) -> None:
    assert [each.comparisons for each in report.curve] == [25, 50, 75, 100, 150, 200, 300, 400]
    assert [each.power for each in report.curve] == sorted(each.power for each in report.curve)
    smallest = [each.smallest or 0 for each in report.curve]
    assert smallest == sorted(smallest, reverse=True)


def test_what_is_needed_is_so_in_simulations_too(report: PowerReport) -> None:
    for needed in [*report.comparisons_needed, *report.votes_needed]:
        assert needed.study
        assert needed.study.simulated_power == pytest.approx(needed.wanted, abs=0.07)


def test_what_cannot_be_reached_is_said() -> None:
    report = power_report(Plan(8, 4, 10), Assumptions(Split(0.41, 0.39), Correlations(0.3, 0.1)), simulations=100, seed=0)
    assert report.votes_needed[0].study is None
    assert "| votes | 0.8 | no number is enough | – |" in power_text(report, TEN_POINTS, "Assumed.")


def test_a_study_that_sees_nothing_says_so() -> None:
    report = power_report(Plan(2, 4, 4), TEN_POINTS, simulations=100, seed=0)
    assert report.smallest[0].points is None
    assert "It sees no difference with power 0.8" in power_text(report, TEN_POINTS, "Assumed.")


def test_studies_too_large_to_be_simulated_have_the_closed_form() -> None:
    large = power_report(Plan(20_000, 10, 5_000), TEN_POINTS, simulations=100, seed=0)
    assert large.planned.simulated_power is None
    assert large.planned.power > 0.99
    assert "too large to be simulated" in power_text(large, TEN_POINTS, "Assumed.")
