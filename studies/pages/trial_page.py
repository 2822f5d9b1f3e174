"""What the page of one trial shows: where it stands in its session, its images and questions, what comes before and after."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from studies.image_addresses import address_of
from studies.models import Study, Trial
from studies.pages.answer_forms import AnswerForm
from studies.pages.design import design_of
from studies.pages.practice import Feedback, feedback
from studies.pages.report_form import ReportForm
from studies.pages.vote_form import label_of


class Row(NamedTuple):
    """A trial of the session, as far as the page of another one needs it."""

    number: int
    kind: str
    state: str
    token: str

    @property
    def is_open(self) -> bool:
        return self.state == Trial.State.OPEN


@dataclass(frozen=True)
class Step:
    """Where a trial stands: the number of its kind, practice or not, and the minutes that the open trials are said to take."""

    number: int
    total: int
    is_practice: bool
    is_last: bool
    minutes_left: int


def trial_page(
    request: HttpRequest, trial: Trial, form: AnswerForm, report_form: ReportForm | None = None, status: int = 200
) -> HttpResponse:
    """The page of an open trial; `report_form` where a report on it was refused."""
    return render(request, template_of(trial.session.study), trial_context(trial, form, report_form), status=status)


def trial_context(trial: Trial, form: AnswerForm, report_form: ReportForm | None = None) -> dict[str, Any]:
    """What the page of an open trial shows."""
    rows = _rows(trial)
    following = next((row for row in rows if row.is_open and row.number > trial.number), None)
    answered = next((row for row in reversed(rows) if not row.is_open), None)
    return {
        **_of_the_study(trial),
        "form": form,
        "report_address": reverse("report", args=[trial.token]),
        "report_error": " ".join(map(str, report_form.errors["text"])) if report_form else "",
        "trial": trial,
        "step": step(trial, rows),
        "images": image_addresses(trial),
        "preload": _addresses_of(following, trial) if following else [],
        "answered": answered,
        "feedback": _feedback(answered) if answered else None,
    }


def template_of(study: Study) -> str:
    """The page on which workers vote, or describe an image."""
    return "studies/captioning.html" if study.is_captioning else "studies/trial.html"


def image_addresses(trial: Trial) -> list[tuple[str, str]]:
    """Where a trial's own worker gets its images, each with what the page calls it; Image 1 first."""
    now, positions = timezone.now(), range(1, len(trial.shown) + 1)
    return [(address_of(trial, position, now), label_of(position)) for position in positions]


def _of_the_study(trial: Trial) -> dict[str, Any]:
    design = design_of(trial.session.study)
    return {
        "session": trial.session,
        "rehearsal": trial.session.rehearsal,
        "prompt": trial.comparison.prompt.text,
        "note": design.notes.get(trial.comparison.prompt.prompt_set_id, ""),
        "instructions": design.instructions,
        "examples": design.examples,
    }


def _rows(trial: Trial) -> list[Row]:
    """The trials of the same session in their order, without those that went to somebody else."""
    values = trial.session.trials.taken().order_by("number").values_list("number", "kind", "state", "token")
    return [Row(*row) for row in values]


def _addresses_of(row: Row, trial: Trial) -> list[str]:
    """Where the images of another trial are; all trials of a study show equally many."""
    other = Trial(session=trial.session, token=row.token, shown=trial.shown)
    return [address for address, _ in image_addresses(other)]


def _feedback(answered: Row) -> Feedback | None:
    if answered.kind != Trial.Kind.PRACTICE:
        return None
    return feedback(Trial.objects.select_related("session__study").get(token=answered.token))


def step(trial: Trial, rows: Sequence[Row]) -> Step:
    """Where a trial stands among the trials of its session. Practice is counted on its own; checks are like all others."""
    is_practice = trial.kind == Trial.Kind.PRACTICE
    alike = [row.number for row in rows if (row.kind == Trial.Kind.PRACTICE) == is_practice]
    seconds_left = trial.session.study.expected_seconds * sum(row.is_open for row in rows)
    return Step(
        number=sum(number <= trial.number for number in alike),
        total=len(alike),
        is_practice=is_practice,
        is_last=not any(row.is_open and row.number > trial.number for row in rows),
        minutes_left=math.ceil(seconds_left / 60),
    )
