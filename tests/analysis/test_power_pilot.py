import numpy as np
import pytest

from analysis.power import USUAL, USUAL_PLAN, Assumptions, BadPlan, Correlations, Plan, Split
from analysis.power_pilot import measured, pilot_of
from analysis.power_simulation import simulated_scores, workers_of
from tests.analysis.study_votes_made import Choice, study_votes


@pytest.mark.parametrize("wanted", [USUAL, Correlations(0.2, 0.0), Correlations(0.0, 0.1), Correlations(0.0, 0.0)])
def test_pilots_tell_on_average_how_votes_depend_on_each_other(wanted: Correlations) -> None:
    rng = np.random.default_rng(1)
    worker = workers_of(USUAL_PLAN, rng)
    comparison = np.repeat(np.arange(100), 10)
    studies = simulated_scores(USUAL_PLAN, Assumptions(Split(0.45, 0.35), wanted), worker, 150, rng)
    pilots = [measured(scores.ravel(), comparison, worker.ravel()) for scores in studies]
    found = np.mean([[each.correlations.comparison, each.correlations.worker] for each in pilots], axis=0)
    assert found == pytest.approx([wanted.comparison, wanted.worker], abs=0.012)
    effect = np.mean([each.design_effect for each in pilots])
    assert effect == pytest.approx(wanted.design_effect(USUAL_PLAN), abs=0.25)


def test_correlations_of_a_tiny_pilot_by_hand() -> None:
    """Two comparisons × two workers, scores 1, 1, −1, −1: one comparison wholly agrees, a worker wholly disagrees."""
    found = measured(np.array([1.0, 1, -1, -1]), np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1]))
    assert found.split == Split(0.5, 0.5)
    assert found.correlations == Correlations(0.9, 0.0)  # within the bounds of what is believed
    assert found.design_effect == pytest.approx(1.9)


def ballot(prompt: str, worker: str, shown: str, choice: str, criterion: str = "quality") -> Choice:
    return ("A&E", prompt, 0, worker, criterion, shown, choice)


def test_only_votes_on_both_conditions_and_one_criterion_count() -> None:
    votes = study_votes(
        [ballot(prompt, worker, "a|b|c", choice) for prompt, worker, choice in zip("ppqq", "vwvw", "aabc", strict=True)]
        + [ballot("p", "v", "a|c", "a"), ballot("p", "v", "a|b|c", "b", "correctness")]
    )
    found = pilot_of(votes, 0, (0, 1))
    assert (found.comparisons, found.workers, found.total) == (2, 2, 4)
    assert found.split == Split(0.5, 0.25)


def test_a_study_after_a_pilot_has_workers_who_vote_as_often() -> None:
    votes = study_votes(ballot(prompt, worker, "a|b", "a") for prompt in "pqrs" for worker in "vw")
    assert pilot_of(votes, 0, (0, 1)).plan(100, 2) == Plan(100, 2, 50)


@pytest.mark.parametrize(
    ("workers", "comparisons", "reason"),
    [
        ([0, 0, 0], [0, 1, 2], "it|this one has 3 and 1"),
        ([0, 1, 2], [0, 0, 0], "this one has 1 and 3"),
        ([0, 1, 0], [0, 1, 2], "No comparison of the pilot has two votes"),
        ([0, 1, 2], [0, 1, 1], "No worker of the pilot has two votes"),
        ([], [], "this one has 0 and 0"),
    ],
)
def test_a_pilot_that_tells_too_little_is_refused(workers: list[int], comparisons: list[int], reason: str) -> None:
    with pytest.raises(BadPlan, match=reason):
        measured(np.ones(len(workers)), np.array(comparisons, np.int64), np.array(workers, np.int64))


def test_a_pilot_without_a_vote_for_either_is_refused() -> None:
    with pytest.raises(BadPlan, match="Not one vote"):
        measured(np.zeros(4), np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1]))
