"""The quiz: what a worker must have understood."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from studies.models import QuizQuestion, Study


class QuizForm(forms.Form):
    """Every question of a study's quiz; choices are numbered from 1, and a wrong one is an error that explains."""

    def __init__(self, study: Study, data: Any = None) -> None:
        super().__init__(data)
        for number, question in enumerate(study.quiz_questions.all(), start=1):
            self.fields[f"question-{number}"] = _field(question)


def _field(question: QuizQuestion) -> forms.ChoiceField:
    missing = _("Please choose one answer.")
    return forms.ChoiceField(
        label=question.question,
        choices=[(str(line), option) for line, option in enumerate(question.options, start=1)],
        widget=forms.RadioSelect,
        validators=[_right_answer(question)],
        error_messages={"required": missing, "invalid_choice": missing},
    )


def _right_answer(question: QuizQuestion) -> Callable[[str], None]:
    def validate(choice: str) -> None:
        if choice != str(question.answer):
            again = _("That is not right. Please try again.")
            raise ValidationError(f"{question.explanation} {again}" if question.explanation else again)

    return validate
