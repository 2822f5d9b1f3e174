"""Sentences that the admin's live checks show; test_publishing.py tests those that publishing refuses with."""

from collections import Counter

import pytest

from generation.models import Image
from studies.models import QualityPlan, QuizQuestion, Study, StudyPromptSet
from studies.readiness import readiness_of
from tests.factories_generation import PromptSetFactory
from tests.factories_studies import ready_study

pytestmark = pytest.mark.django_db
GOLD = "tick “judged by gold trials” for one"


def _faults(study: Study) -> list[str]:
    return readiness_of(study).faults


def test_a_draft_that_lacks_nothing_has_no_faults() -> None:
    assert _faults(ready_study()) == []


def test_an_empty_prompt_set_is_refused_with_what_to_do() -> None:
    study = ready_study()
    StudyPromptSet.objects.create(study=study, prompt_set=PromptSetFactory.create(name="Hand"))
    assert _faults(study)[0] == "“Hand” has no prompts. Add some to it, or choose another prompt set."


def test_one_condition_is_refused_with_what_to_do() -> None:
    assert "A study compares 2 to 4 conditions; this one has 1. Add another." in _faults(ready_study(conditions=1))


@pytest.mark.parametrize(
    ("design", "selection"),
    [(Study.Design.PAIRS, StudyPromptSet.Selection.ALL), (Study.Design.TOGETHER, StudyPromptSet.Selection.DRAWN)],
)
def test_pairs_are_not_called_comparisons_where_they_make_more_or_fewer(design: str, selection: str) -> None:
    study = ready_study(prompts=4, design=design)
    study.prompt_sets.update(selection=selection, number=1)
    images = Image.objects.filter(condition=study.conditions.all()[0].condition)
    Image.objects.filter(pk=images[0].pk).update(state=Image.State.FAILED)
    assert "1 of 4 prompt–seed pairs lack an image of Method A (1 failed)." in _faults(study)[0]


def test_a_baseline_must_be_named_where_the_design_needs_one() -> None:
    study = ready_study(design=Study.Design.BASELINE)
    assert _faults(study) == ["Say which condition is the baseline that the others are compared with."]


def test_gold_trials_need_a_criterion_that_they_judge() -> None:
    study = ready_study()
    QualityPlan.objects.create(study=study, gold_share=10)
    assert any(GOLD in fault for fault in _faults(study))
    study.criteria.filter(name="correctness").update(has_gold_answer=True)
    assert _faults(study) == []


def test_practice_needs_a_criterion_with_a_right_answer() -> None:
    assert any(GOLD in fault for fault in _faults(ready_study(practice_trials=2)))


def test_a_quiz_question_without_a_right_answer_is_refused() -> None:
    study = ready_study()
    QuizQuestion.objects.create(study=study, question="Why?", choices="a\nb", answer=3)
    assert _faults(study) == ["“Why?”: The right choice is a line from 1 to 2."]


def test_images_are_counted_by_condition_over_all_prompt_sets() -> None:
    study = ready_study(prompts=3)
    first = study.conditions.all()[0]
    Image.objects.filter(condition=first.condition).first().delete()  # type: ignore[union-attr]
    assert readiness_of(study).images() == [
        (first, Counter({"done": 2, "missing": 1})),
        (study.conditions.all()[1], Counter({"done": 3})),
    ]


def test_a_list_that_cannot_be_read_is_told_and_does_not_stop_the_rest() -> None:
    study = ready_study(instructions="")
    study.prompt_sets.update(selection=StudyPromptSet.Selection.LISTED, pairs="stranger")
    assert "Write the instructions." in _faults(study)
    assert any("Line 1: write a seed below" in fault for fault in _faults(study))
