"""Two conditions with the same pixels cannot be told apart by anything that reaches a worker's browser."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import PIL.Image
import pytest
from django.db import transaction
from django.test import override_settings
from pytest_django import DjangoDbBlocker

from studies import publishing
from tests.studies.a_a import ImageReceived, TrialReceived, a_a_study, leaks, sessions_of

PROMPTS, VOTES = 125, 4
A_MONTH = 30 * 24 * 3600
Touch = Callable[[ImageReceived], ImageReceived]


@pytest.fixture(scope="module")
def received(
    django_db_setup: None,  # noqa: ARG001 (makes the database)
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[list[TrialReceived]]:
    """All of a study of 500 trials, which takes long: once for all tests here, and then undone."""
    folder = override_settings(MEDIA_ROOT=tmp_path_factory.mktemp("images"))
    with django_db_blocker.unblock(), folder, transaction.atomic():
        yield list(sessions_of(a_a_study(prompts=PROMPTS, votes_wanted=VOTES)))
        transaction.set_rollback(True)


def condition_b(received: list[TrialReceived]) -> int:
    return max(image.condition for image in received[0].images)


def with_b_touched(received: list[TrialReceived], touch: Touch) -> list[TrialReceived]:
    """The same, but that condition B's images came otherwise."""
    row = condition_b(received)
    return [
        replace(trial, images=tuple(touch(image) if image.condition == row else image for image in trial.images))
        for trial in received
    ]


def test_nothing_that_a_worker_receives_tells_the_conditions_apart(received: list[TrialReceived]) -> None:
    assert len(received) == PROMPTS * VOTES
    assert leaks(received) == set()


def test_each_condition_stands_at_each_position_equally_often(received: list[TrialReceived]) -> None:
    images = [image for trial in received for image in trial.images]
    overall = Counter((image.condition, image.position) for image in images)
    by_prompt = Counter((image.prompt, image.condition, image.position) for image in images)
    assert list(overall.values()) == [PROMPTS * VOTES // 2] * 4
    assert set(by_prompt.values()) == {VOTES // 2}


@pytest.mark.django_db
def test_the_sources_do_differ_in_all_but_their_pixels() -> None:
    study, formats = a_a_study(prompts=4, votes_wanted=2), set()
    for comparison in study.comparisons.all():
        plain, varied = (Path(image.source.file.path) for image in comparison.images.order_by("condition"))
        with PIL.Image.open(plain) as first, PIL.Image.open(varied) as second:
            assert np.array_equal(np.asarray(first.convert("RGB")), np.asarray(second.convert("RGB")))
            formats.add(second.format)
        assert plain.stat().st_size != varied.stat().st_size
        assert plain.stat().st_mtime - varied.stat().st_mtime > A_MONTH
    assert formats == {"PNG", "WEBP", "TIFF", "BMP"}


@pytest.mark.parametrize(
    ("leak", "touch"),
    [
        ("address", lambda image: replace(image, address=image.address + "?b")),
        ("headers", lambda image: replace(image, headers=image.headers + "\nLast-Modified: Sun, 13 Sep 2020 12:26:40 GMT")),
        ("length", lambda image: replace(image, length=image.length + 1)),
        ("digest", lambda image: replace(image, digest=image.digest[::-1])),
        ("time", lambda image: replace(image, seconds=image.seconds * 2)),
    ],
)
def test_a_leak_would_be_found(received: list[TrialReceived], leak: str, touch: Touch) -> None:
    assert leaks(with_b_touched(received, touch)) == {leak}


def test_a_page_that_says_what_it_shows_would_be_found(received: list[TrialReceived]) -> None:
    row = condition_b(received)
    assert leaks([replace(trial, page=f"{trial.page}{trial.images[0].condition == row}") for trial in received]) == {"page"}


def test_a_position_that_one_condition_has_too_often_would_be_found(received: list[TrialReceived]) -> None:
    first, second = received[0].images
    swapped = replace(received[0], images=(replace(first, position=2), replace(second, position=1)))
    assert leaks([swapped, *received[1:]]) == {"position"}


@pytest.mark.django_db
def test_files_served_as_they_were_made_would_be_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publishing, "pixels_alone", lambda image: Path(image.file.path).read_bytes())
    assert {"length", "digest"} <= leaks(list(sessions_of(a_a_study(prompts=4, votes_wanted=2))))
