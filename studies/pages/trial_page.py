"""What the page of one trial shows: where it stands in its session, its images and questions, what comes before and after."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from studies.image_addresses import address_of
from studies.models import Trial
from studies.pages.design import design_of
from studies.pages.practice import feedback
from studies.pages.report_form import ReportForm
from studies.pages.vote_form import VoteForm

SHOWN_IN_SESSION = (Trial.State.OPEN, Trial.State.DONE)


@dataclass(frozen=True)
class Step:
    """Where a trial stands: the number of its kind, practice or not, and the minutes that the open trials are said to take."""

    number: int
    total: int
    is_practice: bool
    minutes_left: int


def trial_page(
    request: HttpRequest, trial: Trial, form: VoteForm, report_form: ReportForm | None = None, status: int = 200
) -> HttpResponse:
    """The page of an open trial."""
    trials = _trials_of_session(trial)
    following = next((other for other in trials if _is_open(other) and other.number > trial.number), None)
    answered = next((other for other in reversed(trials) if other.state == Trial.State.DONE), None)
    page = {
        **_of_the_study(trial),
        "form": form,
        "report_form": report_form or ReportForm(),
        "trial": trial,
        "step": step(trial, trials),
        "images": image_addresses(trial, timezone.now()),
        "preload": image_addresses(following, timezone.now()) if following else [],
        "answered": answered,
        "feedback": feedback(answered) if answered else None,
        "is_last": following is None,
    }
    return render(request, "studies/trial.html", page, status=status)


def _of_the_study(trial: Trial) -> dict[str, Any]:
    design = design_of(trial.session.study)
    return {
        "session": trial.session,
        "study": trial.session.study,
        "rehearsal": trial.session.rehearsal,
        "prompt": trial.comparison.prompt.text,
        "note": design.notes.get(trial.comparison.prompt.prompt_set_id, ""),
        "instructions": design.instructions,
        "examples": design.examples,
    }


def _trials_of_session(trial: Trial) -> list[Trial]:
    """The session's trials in their order, without those that went to somebody else, and with what a page needs of them."""
    needed = ("session", "number", "kind", "state", "shown", "expected", "token")
    return list(trial.session.trials.filter(state__in=SHOWN_IN_SESSION).only(*needed).order_by("number"))


def _is_open(trial: Trial) -> bool:
    return trial.state == Trial.State.OPEN


def step(trial: Trial, trials: Sequence[Trial]) -> Step:
    """Where a trial stands among the trials of its session. Practice is counted on its own; checks are like all others."""
    is_practice = trial.kind == Trial.Kind.PRACTICE
    alike = [other.number for other in trials if (other.kind == Trial.Kind.PRACTICE) == is_practice]
    seconds_left = trial.session.study.expected_seconds * sum(map(_is_open, trials))
    return Step(
        number=sum(number <= trial.number for number in alike),
        total=len(alike),
        is_practice=is_practice,
        minutes_left=math.ceil(seconds_left / 60),
    )


def image_addresses(trial: Trial, now: datetime) -> list[str]:
    """Where a trial's own worker gets its images, Image 1 first."""
    return [address_of(trial, position, now) for position, _ in enumerate(trial.shown, start=1)]
