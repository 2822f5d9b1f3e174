"""Files that no row names go, and no others: not young ones, not those of publishing that is under way."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone

from evalsite.retention import garbage
from evalsite.retention.garbage import AGE, Garbage, TooMuch, delete_garbage, find_garbage
from generation.models import Image
from generation.storage import store
from studies.models import ComparisonImage
from studies.publishing import publish
from tests.factories_generation import ImageFactory
from tests.factories_studies import ready_study

pytestmark = pytest.mark.django_db

LATER = timezone.now() + AGE + timedelta(hours=1)  # when all that tests store is old


def left_behind(*names: str) -> None:
    for name in names:
        store().put(name, b"twelve bytes")


def there() -> set[str]:
    return {listed.name for listed in store().listed()}


@pytest.mark.usefixtures("storage")
def test_old_files_without_a_row_go_and_all_others_stay() -> None:
    named = ImageFactory.create(with_file=True).file.name
    left_behind("a" * 16 + "/1_0_abc.png", "comparisons/abc.png", "example.png")
    assert find_garbage(LATER) == Garbage(3, 36)
    assert len(there()) == 4
    assert delete_garbage(LATER) == Garbage(3, 36)
    assert there() == {named}


@pytest.mark.usefixtures("storage")
def test_young_files_stay_since_their_rows_may_be_about_to_come() -> None:
    left_behind("a" * 16 + "/1_0_abc.png")
    assert delete_garbage(LATER - timedelta(hours=2)) == Garbage(0, 0)
    assert len(there()) == 1


def test_what_a_killed_writer_left_aside_goes_too() -> None:
    left_behind("a/1.png")
    Path(default_storage.path("a/1.png")).rename(default_storage.path("a/.1.png.0123.part"))
    assert delete_garbage(LATER).files == 1
    assert there() == set()


@pytest.mark.usefixtures("storage")
def test_a_file_that_is_stored_again_meanwhile_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    left_behind("a/1.png")
    now = timezone.now() + timedelta(seconds=2)  # times of a bucket are whole seconds
    monkeypatch.setattr(garbage, "AGE", timedelta(0))

    def stored_again(_names: object) -> set[str]:
        monkeypatch.setattr(garbage, "AGE", AGE)  # as if its time had just been set anew
        return set()

    monkeypatch.setattr(garbage, "_named_now", stored_again)
    assert delete_garbage(now) == Garbage(0, 0)
    assert there() == {"a/1.png"}


def test_a_file_whose_row_comes_meanwhile_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    image = ImageFactory.create(with_file=True)
    name = image.file.name
    Image.objects.update(file="")
    named_now = garbage._named_now

    def row_comes(names: list[str]) -> set[str]:
        Image.objects.update(file=name)
        return named_now(names)

    monkeypatch.setattr(garbage, "_named_now", row_comes)
    assert delete_garbage(LATER) == Garbage(0, 0)
    assert there() == {name}


def test_tidying_while_a_study_is_published_takes_nothing() -> None:
    study = ready_study(prompts=2)
    publish(study, timezone.now(), watch=lambda images: [(delete_garbage(timezone.now()), image)[1] for image in images])
    shown = set(ComparisonImage.objects.values_list("file", flat=True))
    assert len(shown) == 4
    assert shown <= there()


def test_a_database_that_is_not_the_storages_deletes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(garbage, "FEW", 2)
    left_behind("1.png", "2.png")
    assert delete_garbage(LATER).files == 2
    left_behind("1.png", "2.png", "3.png")
    with pytest.raises(TooMuch, match="EVALSITE_DATABASE and EVALSITE_STORAGE belong together"):
        delete_garbage(LATER)
    assert len(there()) == 3
