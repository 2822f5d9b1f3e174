"""What a trial asks: votes on images shown together, or words for an image shown alone."""

from datetime import datetime
from typing import Any

from studies.models import Trial
from studies.pages.caption_form import CaptionForm
from studies.pages.vote_form import VoteForm

AnswerForm = VoteForm | CaptionForm


def answer_form(trial: Trial, data: Any = None) -> AnswerForm:
    """The form of a trial, empty or with what the worker sent."""
    return (CaptionForm if trial.session.study.is_captioning else VoteForm)(trial, data)


def save(trial: Trial, form: AnswerForm, now: datetime) -> None:
    """Save what a valid form says. Raises NotFetched and TrialClosed as Trial.record and Trial.describe do."""
    if isinstance(form, CaptionForm):
        trial.describe(form.cleaned_data["text"], now, visible_seconds=form.visible_seconds())
    else:
        trial.record(form.votes(), now, visible_seconds=form.visible_seconds())
