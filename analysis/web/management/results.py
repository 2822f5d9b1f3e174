"""How commands get at a study's results: by the study's name, and not before its pages show them."""

from django.core.management.base import CommandError

from analysis.web.gate import why_too_early
from studies.management.studies import study_named
from studies.models import Study


def study_with_results(name: str, *, rehearsal: bool) -> Study:
    """The study of that name or number. Raises CommandError where there is none, for a draft, and while results are hidden."""
    study = study_named(name)
    if study.is_draft:
        raise CommandError(f"“{study}” is a draft, so it has no votes yet. Publish it first.")
    if why := why_too_early(study, rehearsal=rehearsal):
        raise CommandError(why)
    return study
