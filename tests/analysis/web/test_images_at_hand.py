"""Images for the contact sheets, from whatever storage they lie in."""

from pathlib import Path

import pytest
from django.core.files.storage import default_storage

from analysis.web.images_at_hand import images_at_hand
from studies.models import Comparison, ComparisonImage
from tests.factories_studies import published_study
from tests.studies.checked import checked_study

pytestmark = pytest.mark.django_db


def found(shown: ComparisonImage, folder: Path) -> Path | None:
    comparison = shown.comparison
    prompt = comparison.prompt
    image_at = images_at_hand(comparison.study, folder)
    return image_at(prompt.prompt_set.name, prompt.text, comparison.seed, shown.condition.printed_name)


def test_each_image_is_the_one_that_workers_saw(tmp_path: Path) -> None:
    study = published_study(prompts=2)
    for shown in ComparisonImage.objects.filter(comparison__study=study):
        copied = found(shown, tmp_path)
        assert copied is not None
        assert copied.read_bytes() == Path(shown.file.path).read_bytes()


def test_images_of_gold_are_not_taken_for_those_of_their_prompt(tmp_path: Path) -> None:
    study = checked_study()
    wanted = ComparisonImage.objects.filter(comparison__in=study.comparisons.filter(kind=Comparison.Kind.VOTE))
    names = {Path(str(shown.file)).name for shown in wanted}
    gold = ComparisonImage.objects.filter(comparison__kind=Comparison.Kind.GOLD)
    assert gold.exists()
    assert {path.name for shown in wanted if (path := found(shown, tmp_path))} == names
    assert {path.name for shown in gold if (path := found(shown, tmp_path))} <= names


def test_a_file_that_is_gone_is_not_at_hand(tmp_path: Path) -> None:
    shown = ComparisonImage.objects.filter(comparison__study=published_study()).earliest("pk")
    default_storage.delete(str(shown.file))
    assert found(shown, tmp_path) is None
