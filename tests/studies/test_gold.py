from collections import Counter

import pytest
from django.core.files.base import ContentFile

from generation.models import Image, Prompt
from studies.errors import NotPublishable
from studies.models import Comparison, Place, QualityPlan, Study, StudyCondition, StudyPromptSet
from studies.publishing import publish
from studies.readiness import readiness_of
from tests.factories_generation import ImageFactory, png
from tests.factories_studies import NOON, add_prompt_set, published_study
from tests.studies.checked import checked_study, draft_with_checks

pytestmark = pytest.mark.django_db


def _golds(study: Study) -> list[Comparison]:
    return list(study.comparisons.filter(kind=Comparison.Kind.GOLD).order_by("pk"))


def _sources(gold: Comparison) -> dict[bool, set[Prompt]]:
    """The prompts of the right image, and those of the wrong ones."""
    sources: dict[bool, set[Prompt]] = {True: set(), False: set()}
    for image in gold.images.all():
        assert image.source.condition == image.condition.condition
        sources[image.condition == gold.gold_answer].add(image.source.prompt)
    return sources


def test_gold_shows_its_prompt_for_the_answer_and_one_other_prompt_for_all_else() -> None:
    golds = _golds(checked_study(conditions=4, prompts=5))
    assert golds
    for gold in golds:
        sources = _sources(gold)
        assert sources[True] == {gold.prompt}
        assert len(sources[False]) == 1
        assert sources[False] != sources[True]


def test_there_is_gold_for_practice_and_three_sessions() -> None:
    # 2 for practice and a fifth of ten trials, three times.
    assert len(_golds(checked_study(prompts=12, trials_per_session=10, practice_trials=2))) == 2 + 3 * 2


def test_there_is_no_more_gold_than_there_are_pairs() -> None:
    assert len(_golds(checked_study(prompts=3, trials_per_session=20, practice_trials=2))) == 3


def test_a_study_that_asks_for_none_has_no_gold() -> None:
    assert _golds(published_study()) == []


def test_every_condition_is_the_answer_equally_often() -> None:
    golds = _golds(checked_study(conditions=3, prompts=12, trials_per_session=20))
    assert Counter(str(gold.gold_answer) for gold in golds) == {"Method A": 4, "Method B": 4, "Method C": 4}


def test_against_a_baseline_both_conditions_of_a_comparison_are_the_answer_equally_often() -> None:
    study = draft_with_checks(conditions=3, prompts=6, design=Study.Design.BASELINE, trials_per_session=20)
    StudyCondition.objects.filter(study=study, printed_name="Method A").update(is_baseline=True)
    publish(study, NOON)
    golds = _golds(study)
    assert {gold.together for gold in golds} == {"0,1", "0,2"}
    assert len(golds) == 12  # each of six prompts twice
    for together in ("0,1", "0,2"):
        assert list(Counter(gold.gold_answer for gold in golds if gold.together == together).values()) == [3, 3]


def test_the_wrong_images_are_of_the_prompt_that_shares_fewest_words() -> None:
    study = draft_with_checks(prompts=0, trials_per_session=20)
    texts = ["a red cat", "a red dog", "two blue birds"]
    for prompt, text in zip(add_prompt_set(study, prompts=3), texts, strict=True):
        Prompt.objects.filter(pk=prompt.pk).update(text=text)
    publish(study, NOON)
    others = {gold.prompt.text: {prompt.text for prompt in _sources(gold)[False]} for gold in _golds(study)}
    assert others["a red cat"] == others["a red dog"] == {"two blue birds"}
    assert others["two blue birds"] < {"a red cat", "a red dog"}


def test_the_wrong_images_are_of_the_same_seed_where_there_is_one() -> None:
    study = draft_with_checks(prompts=0, trials_per_session=30)
    for prompt in add_prompt_set(study, prompts=3, seeds="0-1"):
        for row in study.conditions.all():
            ImageFactory.create(prompt=prompt, seed=1, condition=row.condition, with_file=True)
    publish(study, NOON)
    golds = _golds(study)
    assert {gold.seed for gold in golds} == {0, 1}
    assert all(image.source.seed == gold.seed for gold in golds for image in gold.images.all())


def test_the_images_of_gold_are_those_of_the_other_comparisons() -> None:
    study = checked_study(prompts=3)
    published = {image.source: image.file for comparison in study.comparisons.wanted() for image in comparison.images.all()}
    assert all(published[image.source] == image.file for gold in _golds(study) for image in gold.images.all())


def test_nobody_gets_a_place_on_gold() -> None:
    checked_study()
    assert not Place.objects.filter(comparison__kind=Comparison.Kind.GOLD).exists()


def test_the_same_seed_makes_the_same_gold() -> None:
    first, second = (draft_with_checks(prompts=0, seed=5) for _ in range(2))
    golds = []
    for study in (first, second):
        for number, prompt in enumerate(add_prompt_set(study, prompts=6)):
            Prompt.objects.filter(pk=prompt.pk).update(text=f"prompt {number}")
        publish(study, NOON)
        golds.append([(gold.prompt.text, str(gold.gold_answer)) for gold in _golds(study)])
    assert golds[0] == golds[1] != []


@pytest.mark.parametrize("asked", ["gold", "practice"])
def test_one_prompt_makes_no_gold_and_its_study_is_not_published(asked: str) -> None:
    study = draft_with_checks(prompts=1, practice_trials=int(asked == "practice"))
    QualityPlan.objects.filter(study=study).update(gold_share=20 if asked == "gold" else 0)
    with pytest.raises(NotPublishable, match="Add another prompt, or ask for no gold trials"):
        publish(study, NOON)
    assert len(readiness_of(study).faults) == 1


def test_prompts_that_were_not_drawn_make_no_gold() -> None:
    study = draft_with_checks(prompts=0)
    add_prompt_set(study, prompts=3, selection=StudyPromptSet.Selection.DRAWN, number=1)
    with pytest.raises(NotPublishable, match="Add another prompt"):
        publish(study, NOON)


def _resize(prompt: Prompt, size: int) -> None:
    for image in Image.objects.filter(prompt=prompt):
        image.file.save("resized.png", ContentFile(png(size=size, seed=image.pk)))


def test_the_images_of_a_gold_trial_have_one_size_and_an_odd_one_makes_none() -> None:
    study = draft_with_checks(prompts=0, trials_per_session=30)
    prompts = add_prompt_set(study, prompts=5)
    for prompt, size in zip(prompts, [8, 8, 16, 16, 24], strict=True):
        _resize(prompt, size)
    publish(study, NOON)
    shown = {gold.prompt: _sources(gold)[False] for gold in _golds(study)}
    first, second, third, fourth, _ = prompts
    assert shown == {first: {second}, second: {first}, third: {fourth}, fourth: {third}}


def test_gold_is_refused_where_no_two_prompts_have_images_of_one_size() -> None:
    study = draft_with_checks(prompts=0)
    for prompt, size in zip(add_prompt_set(study, prompts=2), [8, 16], strict=True):
        _resize(prompt, size)
    with pytest.raises(NotPublishable, match="no two prompts of this study have images of one size"):
        publish(study, NOON)
    QualityPlan.objects.filter(study=study).update(gold_share=0)
    publish(study, NOON)
    assert _golds(study) == []


def test_gold_without_a_criterion_that_it_judges_is_refused() -> None:
    study = draft_with_checks()
    study.criteria.update(has_gold_answer=False)
    with pytest.raises(NotPublishable, match="Gold trials need a criterion"):
        publish(study, NOON)
