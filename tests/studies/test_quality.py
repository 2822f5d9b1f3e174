import numpy as np
import pytest

from studies.models import QualityPlan
from studies.quality import NOT_JUDGED, TIE, Answers, Breach, WorkerQuality, breaches, quality_of

A, B = 11, 12  # conditions
CORRECTNESS, QUALITY = 1, 2  # criteria

Row = tuple[int, str, int, int, int, int, int, float]


def _answer(
    trial: int,
    *,
    kind: str = "vote",
    criterion: int = CORRECTNESS,
    chosen: int = A,
    position: int = 1,
    expected: int = NOT_JUDGED,
    repeats: int = 0,
    seconds: float = 10.0,
) -> Row:
    return trial, kind, criterion, chosen, position, expected, repeats, seconds


def _quality(*rows: Row) -> WorkerQuality:
    return quality_of(Answers(*(np.array(column) for column in zip(*rows, strict=True))))


def test_gold_accuracy_counts_answers_and_leaves_out_what_gold_does_not_judge() -> None:
    quality = _quality(
        _answer(1, kind="gold", position=1, expected=1),
        _answer(1, kind="gold", criterion=QUALITY, position=2),
        _answer(2, kind="gold", position=2, expected=1),
        _answer(3, kind="gold", chosen=TIE, position=TIE, expected=2),
        _answer(4, kind="gold", position=2, expected=2),
    )
    assert quality.gold_accuracy == 50  # trials 1 and 4 of four


def test_no_clear_winner_can_be_the_right_answer() -> None:
    assert _quality(_answer(1, kind="gold", chosen=TIE, position=TIE, expected=0)).gold_accuracy == 100


def test_practice_is_not_judged() -> None:
    quality = _quality(_answer(1, kind="practice", position=2, expected=1))
    assert quality == WorkerQuality(None, None, None, None, None, None, trials=0)


def test_repeats_compare_conditions_and_not_positions() -> None:
    quality = _quality(
        _answer(1, chosen=A, position=1),
        _answer(1, criterion=QUALITY, chosen=B, position=2),
        _answer(2, kind="repeat", repeats=1, chosen=A, position=2),
        _answer(2, kind="repeat", repeats=1, criterion=QUALITY, chosen=A, position=2),
    )
    assert quality.repeat_consistency == 50  # correctness alike, quality not


def test_two_ties_are_alike() -> None:
    first, again = (1, "vote", 0), (2, "repeat", 1)
    ties = (_answer(trial, kind=kind, repeats=of, chosen=TIE, position=TIE) for trial, kind, of in (first, again))
    assert _quality(*ties).repeat_consistency == 100


def test_a_repeat_of_a_trial_without_an_answer_says_nothing() -> None:
    quality = _quality(_answer(1), _answer(3, kind="repeat", repeats=1), _answer(4, kind="repeat", repeats=2, chosen=B))
    assert quality.repeat_consistency == 100


def test_an_attention_check_is_passed_with_all_its_answers_or_not_at_all() -> None:
    quality = _quality(
        _answer(1, kind="attention", position=2, expected=2),
        _answer(1, kind="attention", criterion=QUALITY, position=1, expected=2),
        _answer(2, kind="attention", position=1, expected=1),
        _answer(2, kind="attention", criterion=QUALITY, position=1, expected=1),
        _answer(3, kind="attention", position=1, expected=1),
    )
    assert quality.attention_accuracy == pytest.approx(200 / 3)


def test_the_median_is_of_real_trials_each_counted_once() -> None:
    quality = _quality(
        _answer(1, seconds=2),
        _answer(1, criterion=QUALITY, seconds=2),
        _answer(2, seconds=4),
        _answer(3, seconds=9),
        _answer(4, seconds=20),
        _answer(5, kind="gold", expected=1, seconds=100),
    )
    assert quality.median_seconds == 6.5  # between 4 and 9
    assert quality.trials == 4


def test_positions_and_ties_are_shares_of_all_real_answers() -> None:
    positions = [1, 1, 1, 2, 0, 0, 0, 0]
    rows = [_answer(number, position=position, chosen=A if position else TIE) for number, position in enumerate(positions)]
    quality = _quality(*rows, _answer(9, kind="gold", position=2, expected=2))
    assert (quality.most_common_position_share, quality.tie_share) == (37.5, 50)


def test_who_only_ties_has_no_favourite_position() -> None:
    assert _quality(_answer(1, chosen=TIE, position=TIE)).most_common_position_share == 0


# Rules

GOOD = WorkerQuality(90.0, 80.0, 100.0, 12.0, 60.0, 20.0, trials=10)
PLAN = QualityPlan(
    gold_accuracy=70,
    repeat_consistency=60,
    attention_accuracy=80,
    fastest_seconds=3,
    same_position=90,
    ties=80,
    fewest_trials=5,
)


def test_who_keeps_every_rule_breaks_none() -> None:
    assert breaches(GOOD, PLAN) == []


def test_every_rule_tells_what_was_measured_and_the_threshold() -> None:
    bad = WorkerQuality(69.0, 59.0, 79.0, 2.9, 91.0, 81.0, trials=5)
    assert breaches(bad, PLAN) == [
        Breach("gold accuracy", 69.0, 70),
        Breach("attention checks", 79.0, 80),
        Breach("repeat consistency", 59.0, 60),
        Breach("median seconds", 2.9, 3),
        Breach("same position", 91.0, 90),
        Breach("no clear winner", 81.0, 80),
    ]


def test_a_threshold_itself_breaks_no_rule() -> None:
    assert breaches(WorkerQuality(70.0, 60.0, 80.0, 3.0, 90.0, 80.0, trials=10), PLAN) == []


def test_nobody_is_judged_on_too_few_trials() -> None:
    assert breaches(WorkerQuality(0.0, 0.0, 0.0, 0.1, 100.0, 0.0, trials=4), PLAN) == []


def test_what_was_not_measured_or_not_asked_for_breaks_nothing() -> None:
    assert breaches(WorkerQuality(None, None, None, None, None, None, trials=10), PLAN) == []
    assert breaches(WorkerQuality(0.0, 0.0, 0.0, 0.1, 100.0, 100.0, trials=10), QualityPlan()) == []
