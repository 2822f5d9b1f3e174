"""Saying what would be done, and doing only what was said."""

import pytest

from studies.channels.mturk.dry_run import DoneOtherwise, as_said, dry_run
from studies.models import Study

pytestmark = pytest.mark.django_db


def rename(study: Study, name: str) -> str:
    Study.objects.filter(pk=study.pk).update(name=name)
    return f"It is called {name}."


def test_a_dry_run_says_and_does_nothing(study: Study) -> None:
    assert dry_run(lambda: rename(study, "Autumn")) == "It is called Autumn."
    assert Study.objects.get().name == study.name


def test_what_was_said_is_done(study: Study) -> None:
    as_said(lambda: rename(study, "Autumn"), "It is called Autumn.")
    assert Study.objects.get().name == "Autumn"


def test_anything_else_is_not_done(study: Study) -> None:
    with pytest.raises(DoneOtherwise, match=r"would be done now: It is called Winter\."):
        as_said(lambda: rename(study, "Winter"), "It is called Autumn.")
    assert Study.objects.get().name == study.name
