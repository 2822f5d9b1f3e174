"""A trial's questions. The form knows positions only; which condition stands there is looked up on the server."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext as _

from studies.models import Criterion, StudyCondition, Trial
from studies.pages.design import design_of
from studies.pages.visible import VisibleSeconds

NO_CLEAR_WINNER_POSITION = 0


@dataclass(frozen=True)
class Choice:
    """One answer that a question offers."""

    value: str
    label: str
    is_chosen: bool


class VoteForm(VisibleSeconds, forms.Form):
    """One question per criterion: Image 1 … Image k, or no clear winner."""

    def __init__(self, trial: Trial, data: Any = None) -> None:
        super().__init__(data, prefix="vote")
        design = design_of(trial.session.study)
        self.criteria = design.criteria
        self.conditions = [design.conditions[key] for key in trial.shown]
        self.labels = dict(_labels(len(trial.shown)))
        for criterion in self.criteria:
            self.fields[criterion.name] = self._question(criterion)

    def _question(self, criterion: Criterion) -> forms.ChoiceField:
        missing = _("Please answer: %(question)s") % {"question": criterion.question}
        return forms.ChoiceField(
            label=criterion.question,
            choices=list(self.labels.items()),
            widget=forms.RadioSelect,
            error_messages={"required": missing, "invalid_choice": missing},
        )

    def questions(self) -> Iterator[tuple[BoundField, list[Choice]]]:
        """Each question with its choices. The page writes them itself: a widget's template per choice takes long."""
        for field in self:
            value = field.value()
            yield field, [Choice(str(position), label, str(position) == value) for position, label in self.labels.items()]

    def votes(self) -> dict[Criterion, StudyCondition | None]:
        """The condition chosen for each criterion of a valid form; None for no clear winner."""
        return {criterion: self._at(int(self.cleaned_data[criterion.name])) for criterion in self.criteria}

    def _at(self, position: int) -> StudyCondition | None:
        return None if position == NO_CLEAR_WINNER_POSITION else self.conditions[position - 1]


def label_of(position: int) -> str:
    """What a page calls a position."""
    if position == NO_CLEAR_WINNER_POSITION:
        return _("No clear winner")
    return _("Image %(number)d") % {"number": position}


def _labels(images: int) -> Iterator[tuple[int, str]]:
    for position in [*range(1, images + 1), NO_CLEAR_WINNER_POSITION]:
        yield position, label_of(position)
