from datetime import timedelta
from pathlib import Path

import PIL.Image
import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from generation.models import Condition, Image
from studies.errors import DesignFrozen, NotPublishable
from studies.models import Criterion, Place, Study, StudyCondition, StudyPromptSet
from studies.publishing import add_votes, publish
from tests.factories_generation import ImageFactory, PromptFactory, png
from tests.factories_studies import NOON, StudyConditionFactory, StudyFactory, add_prompt_set, published_study, ready_study

pytestmark = pytest.mark.django_db


def _refusal(study: Study) -> list[str]:
    with pytest.raises(NotPublishable) as refusal:
        publish(study, NOON)
    assert not study.comparisons.exists()
    assert Study.objects.get(pk=study.pk).is_draft
    return refusal.value.sentences


def _images(study: Study, row: int) -> "list[Image]":
    return list(Image.objects.filter(condition=study.conditions.all()[row].condition).order_by("pk"))


def test_a_published_study_is_open_to_workers() -> None:
    study = published_study()
    assert study.is_open
    assert study.published_at == NOON


def test_every_comparison_has_an_image_of_each_condition() -> None:
    study = published_study(conditions=3, prompts=2)
    for comparison in study.comparisons.all():
        assert [image.condition for image in comparison.images.order_by("pk")] == list(study.conditions.all())


def test_every_comparison_has_places_for_real_votes_and_as_many_for_a_rehearsal() -> None:
    study = published_study(votes_wanted=5)
    for comparison in study.comparisons.all():
        assert comparison.places.filter(rehearsal=False).count() == 5
        assert comparison.places.filter(rehearsal=True).count() == 5


def test_the_places_of_a_comparison_swap_the_images() -> None:
    study = published_study(prompts=1, votes_wanted=10)
    first, second = study.conditions.all()
    shown = [place.shown for place in Place.objects.of(study, rehearsal=False)]
    assert shown.count([first.pk, second.pk]) == shown.count([second.pk, first.pk]) == 5


def test_images_keep_their_pixels_and_lose_everything_else(image_folder: Path) -> None:
    study = ready_study(prompts=1)
    source = _images(study, 0)[0]
    before = PIL.Image.open(source.file.path).convert("RGB").tobytes()
    with PIL.Image.open(source.file.path) as picture:
        picture.save(source.file.path, "PNG", dpi=(300, 300), exif=b"Exif\0\0II*\0\x08\0\0\0\0\0", icc_profile=b"SD")
    publish(study, NOON)
    (image,) = study.comparisons.get().images.filter(condition__position=0)
    with PIL.Image.open(image_folder / str(image.file)) as published:
        assert (published.format, published.mode, published.info) == ("PNG", "RGB", {})
        assert published.tobytes() == before


def test_file_names_say_nothing_about_the_condition() -> None:
    study = published_study(conditions=2, prompts=1)
    for image in study.comparisons.get().images.all():
        folder, _, name = str(image.file).partition("/")
        assert folder == "comparisons"
        assert len(name) == len("0" * 32 + ".png")
        assert name not in str(image.source.file)


def test_an_empty_design_is_told_all_that_it_lacks() -> None:
    study = StudyFactory.create(instructions="", consent=" ")
    assert _refusal(study) == [
        "A study compares 2 to 4 conditions; this one has 0. Add another.",
        "Choose at least one prompt set.",
        "Add at least one criterion.",
        "Write the instructions.",
        "Write what workers consent to.",
    ]


def test_a_fifth_condition_is_too_many() -> None:
    study = ready_study(conditions=4)
    StudyConditionFactory.create(study=study, printed_name="Method E")
    assert _refusal(study)[0].startswith("A study compares 2 to 4 conditions; this one has 5. Take some out")


def test_printed_names_that_differ_by_case_alone_are_refused() -> None:
    study = ready_study()
    study.conditions.filter(position=1).update(printed_name="METHOD a")
    assert _refusal(study) == ["2 conditions are printed as “method a”; give each a name of its own."]


@pytest.mark.parametrize("name", ["a|b", "No clear winner"])
def test_printed_names_that_a_votes_file_cannot_hold_are_refused(name: str) -> None:
    study = ready_study()
    study.conditions.filter(position=1).update(printed_name=name)
    assert _refusal(study) == [f"“{name}”: A printed name may not hold “|” nor be “no clear winner”."]


def test_images_that_are_a_means_for_other_methods_are_not_published() -> None:
    study = ready_study()
    row = study.conditions.get(position=1)
    row.condition.images.all().delete()
    Condition.objects.filter(pk=row.condition_id).update(method="dns")
    sentence = "“Method B”: The images of dns are a means for other methods, not to be voted on. Choose another."
    assert sentence in _refusal(study)


def test_names_that_would_spoil_a_votes_file_are_refused() -> None:
    study = ready_study(name="Spring\n")
    study.conditions.filter(position=1).update(printed_name="SD ")
    chosen = study.prompt_sets.get().prompt_set
    chosen.name = "Hand\t"
    chosen.save()
    reason = "A name must be plain text on one line, with no blank before or after it."
    assert _refusal(study) == [f"“Spring\n”: {reason}", f"“SD ”: {reason}", f"“Hand\t”: {reason}"]


def test_images_that_are_not_there_are_counted_by_condition() -> None:
    study = ready_study(prompts=0)
    prompts = add_prompt_set(study, prompts=5)
    first, second = _images(study, 0), _images(study, 1)
    Image.objects.filter(pk__in=[first[0].pk, first[1].pk]).update(state=Image.State.QUEUED)
    Image.objects.filter(pk=first[2].pk).update(state=Image.State.FAILED)
    second[4].delete()
    named = prompts[0].prompt_set
    assert _refusal(study) == [
        f"“{named}”: 3 of 5 comparisons lack an image of Method A (2 still queued, 1 failed). "
        "Wait for the workers. Retry those that failed in their run.",
        f"“{named}”: 1 of 5 comparisons lack an image of Method B (1 not planned). Plan them in a run.",
    ]


def test_a_listed_prompt_of_another_set_is_refused_with_its_line() -> None:
    study = ready_study(prompts=0)
    (prompt,) = add_prompt_set(study, prompts=1)
    study.prompt_sets.update(selection=StudyPromptSet.Selection.LISTED, pairs=f"0 {prompt}\n0 a stranger")
    assert _refusal(study) == [f"“{prompt.prompt_set}”, line 2 of the listed pairs: “a stranger” is not a prompt of this set."]


def test_a_list_of_pairs_that_cannot_be_read_is_refused() -> None:
    study = ready_study()
    study.prompt_sets.update(selection=StudyPromptSet.Selection.LISTED, pairs="stranger")
    assert "Line 1: write a seed below 2^63, a blank and a prompt." in _refusal(study)[0]


def test_more_pairs_cannot_be_drawn_than_are_left() -> None:
    study = ready_study(prompts=0)
    (prompt, _) = add_prompt_set(study, prompts=2, selection=StudyPromptSet.Selection.DRAWN, number=2)
    Image.objects.filter(prompt=prompt, condition=study.conditions.all()[0].condition).update(state=Image.State.FLAGGED)
    assert _refusal(study) == [f"“{prompt.prompt_set}”: 2 pairs are to be drawn, but only 1 of 2 can be shown."]


def test_a_prompt_set_without_one_clean_pair_is_refused() -> None:
    study = ready_study(prompts=2)
    Image.objects.filter(condition=study.conditions.all()[0].condition).update(state=Image.State.FLAGGED)
    assert _refusal(study) == [f"“{study.prompt_sets.get()}”: not one of its 2 prompt–seed pairs can be shown."]


def test_images_of_different_sizes_are_refused() -> None:
    study = ready_study(prompts=2)
    for image in _images(study, 1):
        image.file.save("larger.png", ContentFile(png(size=16)))
    assert _refusal(study) == [
        "Images shown together must have one size, or workers could tell them apart: "
        "Method A 8×8, Method B 16×16 (2 prompt–seed pairs)."
    ]


def test_an_image_whose_file_is_gone_is_named() -> None:
    study = ready_study(prompts=1)
    image = _images(study, 0)[0]
    Path(image.file.path).unlink()
    (sentence,) = _refusal(study)
    assert sentence.startswith(f"“{image.prompt}”, seed 0: an image cannot be read")


def test_a_publishing_that_fails_leaves_no_files(image_folder: Path) -> None:
    study = ready_study(prompts=2)
    damaged = _images(study, 1)[1]
    whole = png(size=64)
    for image in Image.objects.all():
        image.file.save("whole.png", ContentFile(png(size=64, seed=image.pk)))
    Path(Image.objects.get(pk=damaged.pk).file.path).write_bytes(whole[: len(whole) // 2])
    assert "cannot be read" in _refusal(study)[0]
    assert list((image_folder / "comparisons").iterdir()) == []


def test_a_study_is_published_once(image_folder: Path) -> None:
    study = published_study(prompts=1)
    with pytest.raises(NotPublishable, match="published already"):
        publish(study, NOON + timedelta(days=1))
    assert study.comparisons.count() == 1
    assert study.published_at == NOON
    assert len(list((image_folder / "comparisons").iterdir())) == 2


def test_images_are_looked_up_once_before_their_files_are_read_and_once_under_the_lock() -> None:
    study = ready_study(prompts=2)
    with CaptureQueriesContext(connection) as queries:
        publish(study, NOON)
    assert len([query for query in queries if 'FROM "generation_image"' in query["sql"]]) == 2


def test_a_change_made_while_the_files_are_written_stops_the_publishing(image_folder: Path) -> None:
    study = ready_study(prompts=1)

    def add_a_prompt_meanwhile(images: "list[Image]") -> "list[Image]":
        prompt = PromptFactory.create(prompt_set=study.prompt_sets.get().prompt_set)
        for row in study.conditions.all():
            ImageFactory.create(prompt=prompt, seed=0, condition=row.condition, with_file=True)
        return images

    with pytest.raises(NotPublishable, match="changed meanwhile"):
        publish(study, NOON, watch=add_a_prompt_meanwhile)  # type: ignore[arg-type]
    assert study.is_draft
    assert list((image_folder / "comparisons").iterdir()) == []


def test_drops_are_counted_by_condition() -> None:
    study = ready_study(prompts=3)
    Image.objects.filter(pk=_images(study, 1)[0].pk).update(state=Image.State.FLAGGED)
    publish(study, NOON)
    assert study.comparisons.count() == 2
    assert study.drops_by_condition() == {"Method A": 0, "Method B": 1}


def test_the_design_of_a_published_study_cannot_change() -> None:
    study = published_study()
    study.instructions = "Choose the other one."
    with pytest.raises(DesignFrozen, match="Make a new study"):
        study.save()


@pytest.mark.parametrize("part", ["conditions", "prompt_sets", "criteria"])
def test_the_parts_of_a_published_design_can_neither_change_nor_go(part: str) -> None:
    first: StudyCondition | StudyPromptSet | Criterion = getattr(published_study(), part).first()
    with pytest.raises(DesignFrozen):
        first.save()
    with pytest.raises(DesignFrozen):
        first.delete()


def test_what_is_no_design_can_change_after_publishing() -> None:
    study = published_study()
    study.trials_per_session = 3
    study.save()
    assert Study.objects.get(pk=study.pk).trials_per_session == 3


def test_a_study_is_closed_and_opened_again() -> None:
    study = published_study()
    study.close()
    assert not Study.objects.get(pk=study.pk).is_open
    study.resume()
    assert Study.objects.get(pk=study.pk).is_open


def test_a_draft_cannot_be_opened_by_reopening_it() -> None:
    study = ready_study()
    study.resume()
    assert Study.objects.get(pk=study.pk).is_draft


def test_a_draft_read_before_publishing_cannot_take_the_study_back_nor_change_its_parts() -> None:
    study = ready_study()
    stale = Study.objects.get(pk=study.pk)
    criterion = stale.criteria.first()
    publish(study, NOON)
    stale.trials_per_session = 3
    stale.save()
    study.refresh_from_db()
    assert (study.state, study.published_at, study.trials_per_session) == (Study.State.PUBLISHED, NOON, 3)
    assert criterion
    criterion.question = "Another?"
    with pytest.raises(DesignFrozen):
        criterion.save()


# Designs


def _together(study: Study) -> list[set[str]]:
    """The printed names shown together in each comparison."""
    return [{str(image.condition) for image in comparison.images.all()} for comparison in study.comparisons.all()]


def test_every_pair_of_conditions_is_a_comparison_of_its_own() -> None:
    study = published_study(conditions=3, prompts=2, design=Study.Design.PAIRS)
    pairs = [{"Method A", "Method B"}, {"Method A", "Method C"}, {"Method B", "Method C"}]
    assert sorted(map(sorted, _together(study))) == sorted(map(sorted, pairs * 2))
    assert all(len(place.shown) == 2 for place in study.places.all())


def test_each_condition_is_compared_with_the_baseline() -> None:
    study = ready_study(conditions=3, prompts=1, design=Study.Design.BASELINE)
    StudyCondition.objects.filter(study=study, printed_name="Method B").update(is_baseline=True)
    publish(study, NOON)
    assert _together(study) == [{"Method A", "Method B"}, {"Method B", "Method C"}]


def test_a_study_against_a_baseline_needs_one() -> None:
    assert "Say which condition is the baseline" in _refusal(ready_study(design=Study.Design.BASELINE))[0]


def test_an_image_of_several_comparisons_is_stored_once(image_folder: Path) -> None:
    published_study(conditions=3, prompts=1, design=Study.Design.PAIRS)
    assert len(list((image_folder / "comparisons").iterdir())) == 3


@pytest.mark.parametrize("design", [Study.Design.TOGETHER, Study.Design.PAIRS])
def test_over_the_study_every_condition_stands_at_every_position_equally_often(design: str) -> None:
    study = published_study(conditions=3, prompts=6, votes_wanted=1, design=design)
    shown = [place.shown for place in Place.objects.of(study, rehearsal=False)]
    for position in range(len(shown[0])):
        counts = [sum(order[position] == row.pk for order in shown) for row in study.conditions.all()]
        assert min(counts) == max(counts)


# More votes


def test_more_votes_add_places_to_every_comparison() -> None:
    study = published_study(votes_wanted=2)
    add_votes(study, 2)
    assert study.votes_wanted == 4
    for comparison in study.comparisons.all():
        assert [place.number for place in comparison.places.filter(rehearsal=False).order_by("rank")] == [0, 1, 2, 3]


def test_a_draft_gets_no_more_votes_nor_does_a_study_get_none() -> None:
    with pytest.raises(NotPublishable, match="is a draft"):
        add_votes(ready_study(), 2)
    for more in (0, 101, 33_000):
        with pytest.raises(NotPublishable, match=f"at least one more vote and at most 100 at a time, not {more}"):
            add_votes(published_study(), more)


def test_the_same_seed_replays_the_design_in_another_database() -> None:
    designs = []
    for prompts in ("ab", "ba"):
        study = ready_study(prompts=0, conditions=3, votes_wanted=2, seed=5)
        add_prompt_set(study, prompts=0)
        designs.append(_design_of(study, prompts))
    assert designs[0] == designs[1]


def _design_of(study: Study, prompts: str) -> list[tuple[str, int, list[int], int]]:
    prompt_set = study.prompt_sets.get().prompt_set
    for text in prompts:
        prompt = PromptFactory.create(prompt_set=prompt_set, text=text)
        for row in study.conditions.all():
            ImageFactory.create(prompt=prompt, seed=0, condition=row.condition, with_file=True)
    publish(study, NOON)
    rows = [row.pk for row in study.conditions.all()]
    places = Place.objects.of(study, rehearsal=False).select_related("comparison__prompt").order_by("rank")
    return [
        (place.comparison.prompt.text, place.number, [rows.index(pk) for pk in place.shown], place.rank) for place in places
    ]
