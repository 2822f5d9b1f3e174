"""What workers fill in. A form knows positions only; which condition stands there is looked up on the server."""

from typing import Any

from django import forms

from studies.models import Criterion, StudyCondition, Trial

NO_CLEAR_WINNER_POSITION = 0


class ConsentForm(forms.Form):
    agree = forms.BooleanField(
        label="I have read this and agree to take part.",
        error_messages={"required": "Please tick the box if you agree to take part; without it you cannot start."},
    )


class VoteForm(forms.Form):
    """One question per criterion: Image 1 … Image k, or no clear winner."""

    def __init__(self, trial: Trial, data: Any = None) -> None:
        super().__init__(data, prefix="vote")
        self.conditions = trial.shown_conditions()
        self.criteria = list(trial.session.study.criteria.all())
        for criterion in self.criteria:
            self.fields[criterion.name] = self._question(criterion)

    def _question(self, criterion: Criterion) -> forms.ChoiceField:
        images = [(position, f"Image {position}") for position, _ in enumerate(self.conditions, start=1)]
        missing = f"Please answer: {criterion.question}"
        return forms.ChoiceField(
            label=criterion.question,
            choices=[*images, (NO_CLEAR_WINNER_POSITION, "No clear winner")],
            widget=forms.RadioSelect,
            error_messages={"required": missing, "invalid_choice": missing},
        )

    def votes(self) -> dict[Criterion, StudyCondition | None]:
        """The condition chosen for each criterion of a valid form; None for no clear winner."""
        return {criterion: self._at(int(self.cleaned_data[criterion.name])) for criterion in self.criteria}

    def _at(self, position: int) -> StudyCondition | None:
        return None if position == NO_CLEAR_WINNER_POSITION else self.conditions[position - 1]
