"""How commands name a study, and tell of what was done to it."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management.base import CommandError, CommandParser

from studies.errors import NotPublishable, StudyError
from studies.models import Study


def add_study_argument(parser: CommandParser) -> None:
    parser.add_argument("study", help="the study's name or number")


def study_named(name: str) -> Study:
    """The study of that name, else of that number. Raises CommandError that lists the studies there are."""
    if study := Study.objects.filter(name=name).first():
        return study
    if name.isdecimal() and (study := Study.objects.filter(pk=int(name)).first()):
        return study
    there = ", ".join(f"“{study}” ({study.pk})" for study in Study.objects.order_by("pk")) or "none yet"
    raise CommandError(f"There is no study “{name}”; there are: {there}.")


@contextmanager
def refusals_told() -> Iterator[None]:
    """Turn what a study refuses into a CommandError, a sentence a line."""
    try:
        yield
    except NotPublishable as error:
        raise CommandError("\n".join(error.sentences)) from error
    except StudyError as error:
        raise CommandError(str(error)) from error
