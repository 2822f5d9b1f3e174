from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from studies.allocation import open_session
from studies.exclusion import exclude
from studies.flagging import flag_workers, qualities_of
from studies.models import Flag, QualityPlan, Study, StudyCondition, Trial, Worker
from studies.tasks import flag_workers as flag_workers_task
from tests.factories_studies import NOON, WorkerFactory, fetch_images, shown_conditions
from tests.studies.checked import checked_study

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=1)


def _study(**rules: int) -> Study:
    """A study whose sessions have five real trials, a gold trial, a repeat and an attention check."""
    study = checked_study(prompts=6, trials_per_session=5)
    QualityPlan.objects.filter(study=study).update(**rules)
    return study


def _answer(trial: Trial, position: int, seconds: float) -> None:
    fetch_images(trial)
    trial.mark_shown(NOON)
    chosen = StudyCondition.objects.get(pk=trial.shown[position - 1])
    votes = dict.fromkeys(trial.session.study.criteria.all(), chosen)
    trial.record(votes, NOON + timedelta(seconds=30), visible_seconds=seconds)


def _always_left(study: Study, *, rehearsal: bool = False, seconds: float = 2.0) -> Worker:
    worker: Worker = WorkerFactory.create()
    for trial in open_session(study, worker, rehearsal=rehearsal, now=NOON).trials.all():
        _answer(trial, 1, seconds)
    return worker


def _attentive(study: Study) -> Worker:
    """Chooses the same condition always, except where another answer is expected."""
    worker: Worker = WorkerFactory.create()
    favourite = study.conditions.all()[0].pk
    for trial in open_session(study, worker, rehearsal=False, now=NOON).trials.all():
        _answer(trial, trial.expected or trial.shown.index(favourite) + 1, 8.0)
    return worker


def test_the_quality_of_an_attentive_worker_and_of_one_who_always_chooses_left() -> None:
    study = _study()
    left, attentive = _always_left(study), _attentive(study)
    qualities = qualities_of(study, rehearsal=False)
    assert set(qualities) == {left.pk, attentive.pk}
    assert qualities[left.pk].most_common_position_share == 100
    assert qualities[left.pk].repeat_consistency == 0  # the mirrored left is the other condition
    assert (qualities[left.pk].median_seconds, qualities[left.pk].tie_share, qualities[left.pk].trials) == (2, 0, 5)
    checks = qualities[attentive.pk]
    assert (checks.gold_accuracy, checks.repeat_consistency, checks.attention_accuracy) == (100, 100, 100)


def test_gold_judges_no_criterion_that_it_cannot() -> None:
    study = _study()
    worker = WorkerFactory.create()
    correctness, quality = study.criteria.all()
    for trial in open_session(study, worker, rehearsal=False, now=NOON).trials.filter(kind=Trial.Kind.GOLD):
        fetch_images(trial)
        assert trial.expected
        right = shown_conditions(trial)[trial.expected - 1]
        trial.record({correctness: right, quality: None}, NOON)
    assert qualities_of(study, rehearsal=False)[worker.pk].gold_accuracy == 100


def test_time_is_that_of_the_clock_where_no_browser_told_it() -> None:
    study = _study()
    worker = _always_left(study)
    Trial.objects.update(visible_seconds=None)
    assert qualities_of(study, rehearsal=False)[worker.pk].median_seconds == 30


def test_who_breaks_a_rule_is_flagged_with_value_and_threshold() -> None:
    study = _study(same_position=90, fastest_seconds=3)
    left = _always_left(study)
    _attentive(study)
    flags = flag_workers(study, NOON)
    assert [(flag.worker, flag.rule, flag.value, flag.threshold) for flag in flags] == [
        (left, "median seconds", 2, 3),
        (left, "same position", 100, 90),
    ]
    assert not study.exclusions.exists()


def test_flagging_again_changes_nothing_and_keeps_the_time() -> None:
    study = _study(same_position=90)
    _always_left(study)
    assert flag_workers(study, NOON) == flag_workers(study, LATER)
    assert Flag.objects.get().raised_at == NOON


def test_a_flag_goes_when_its_rule_holds_again_and_its_value_is_kept_up_to_date() -> None:
    study = _study(same_position=90, fastest_seconds=3)
    _always_left(study)
    flag_workers(study, NOON)
    Trial.objects.update(visible_seconds=2.5)
    QualityPlan.objects.update(same_position=None)
    assert [(flag.rule, flag.value) for flag in flag_workers(study, LATER)] == [("median seconds", 2.5)]
    assert Flag.objects.count() == 1


def test_nobody_is_flagged_for_a_rehearsal_or_in_another_study() -> None:
    study, other = _study(same_position=90), _study(same_position=90)
    _always_left(study, rehearsal=True)
    _always_left(other)
    flag_workers(other, NOON)
    assert flag_workers(study, NOON) == []
    assert Flag.objects.get().study == other


def test_who_is_excluded_stays_flagged() -> None:
    study = _study(same_position=90)
    worker = _always_left(study)
    exclude(study, worker, "always left", "ada", NOON)
    assert [flag.worker for flag in flag_workers(study, NOON)] == [worker]


def test_quality_takes_as_many_queries_for_many_workers_as_for_few() -> None:
    study, counts = _study(), []
    for _ in range(2):
        _always_left(study)
        with CaptureQueriesContext(connection) as queries:
            qualities_of(study, rehearsal=False)
        counts.append(len(queries))
    assert counts == [2, 2]


def test_the_task_flags_in_open_studies_alone() -> None:
    study, closed = _study(same_position=90), _study(same_position=90)
    for each in (study, closed):
        _always_left(each)
    closed.close()
    flag_workers_task()
    assert Flag.objects.get().study == study


def test_the_command_tells_the_flags(capsys: pytest.CaptureFixture[str]) -> None:
    study = _study(same_position=90)
    worker = _always_left(study)
    call_command("flag", study.name)
    assert capsys.readouterr().out == f"{worker}: same position 100.0, threshold 90\n1 flags.\n"
