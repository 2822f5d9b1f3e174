"""The forms of the study editor: what they check beyond the models, and how they say it."""

import re
from collections import Counter
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.forms.models import BaseInlineFormSet

from studies.models import Criterion, Example, QuizQuestion, Study, StudyCondition, StudyPromptSet
from studies.models.study import MOST_CONDITIONS
from studies.uploads import as_png

if TYPE_CHECKING:
    StudyModelForm = forms.ModelForm[Study]
    CriterionModelForm = forms.ModelForm[Criterion]
    ConditionModelForm = forms.ModelForm[StudyCondition]
    PromptSetModelForm = forms.ModelForm[StudyPromptSet]
    ExampleModelForm = forms.ModelForm[Example]
    QuizQuestionModelForm = forms.ModelForm[QuizQuestion]
    ConditionBaseFormSet = BaseInlineFormSet[StudyCondition, Study, ConditionModelForm]
else:  # Django's own classes take no parameters
    StudyModelForm = CriterionModelForm = ConditionModelForm = PromptSetModelForm = forms.ModelForm
    ExampleModelForm = QuizQuestionModelForm = forms.ModelForm
    ConditionBaseFormSet = BaseInlineFormSet

HASHED_ID = re.compile(r"[0-9a-f]{64}")


class StudyForm(StudyModelForm):
    class Meta:
        widgets = {"excluded_ids": forms.Textarea(attrs={"rows": 3, "cols": 70})}
        error_messages = {
            "votes_wanted": {"min_value": "Ask for at least one vote on each comparison."},
            "trials_per_session": {"min_value": "A session needs at least one trial."},
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "earlier_studies" in self.fields:
            self.fields["earlier_studies"].queryset = Study.objects.exclude(pk=self.instance.pk)  # type: ignore[attr-defined]

    def clean_excluded_ids(self) -> str:
        """Raise ValidationError that names every line that is no hashed id."""
        text: str = self.cleaned_data["excluded_ids"]
        lines = [(number, line.strip()) for number, line in enumerate(text.splitlines(), start=1) if line.strip()]
        if faulty := [number for number, line in lines if not HASHED_ID.fullmatch(line)]:
            raise ValidationError([f"Line {number} is no hashed id: 64 digits from 0 to f." for number in faulty])
        return text


class ConditionForm(ConditionModelForm):
    def _get_validation_exclusions(self) -> set[str]:
        """The formset sees to it that there is one baseline: alone, a row cannot tell that another gives way."""
        return {*super()._get_validation_exclusions(), "is_baseline"}  # type: ignore[misc]  # Django's stubs leave it out


class ConditionFormSet(ConditionBaseFormSet):
    """The conditions of a study, checked together."""

    def clean(self) -> None:
        """Raise ValidationError for what no row is to blame for alone."""
        rows = [form.cleaned_data for form in self.forms if form.is_valid() and self._is_kept(form)]
        if len(rows) > MOST_CONDITIONS:
            raise ValidationError(
                f"A study compares at most {MOST_CONDITIONS} conditions, not {len(rows)}. "
                "Take some out, or make a study of each group."
            )
        names = Counter(row["printed_name"].casefold() for row in rows)
        if twice := [name for name, uses in names.items() if uses > 1]:
            raise ValidationError(f"Two conditions are printed as “{twice[0]}”; give each a name of its own.")
        if (baselines := sum(row["is_baseline"] for row in rows)) > 1:
            raise ValidationError(f"Tick one condition as the baseline, not {baselines}.")
        super().clean()

    def _is_kept(self, form: ConditionModelForm) -> bool:
        return bool(form.cleaned_data) and not form.cleaned_data.get("DELETE")

    def save(self, commit: bool = True) -> Any:
        """Take the mark from the former baseline first, so that there are never two."""
        former = [form.instance.pk for form in self.initial_forms if not form.cleaned_data.get("is_baseline")]
        StudyCondition.objects.filter(pk__in=former, is_baseline=True).update(is_baseline=False)
        return super().save(commit)


class PromptSetForm(PromptSetModelForm):
    class Meta:
        widgets = {
            "pairs": forms.Textarea(attrs={"rows": 3, "cols": 80}),
            "note": forms.Textarea(attrs={"rows": 4, "cols": 80}),
        }


class CriterionForm(CriterionModelForm):
    """A criterion; one proposed from the start is saved as it stands, and left out if it is emptied."""

    class Meta:
        widgets = {"question": forms.TextInput(attrs={"size": 50}), "name": forms.TextInput(attrs={"size": 15})}

    def has_changed(self) -> bool:
        if self.instance.pk:
            return super().has_changed()
        return any(self.data.get(self.add_prefix(field)) for field in ("name", "question"))


class QuizQuestionForm(QuizQuestionModelForm):
    class Meta:
        widgets = {
            "question": forms.TextInput(attrs={"size": 80}),
            "choices": forms.Textarea(attrs={"rows": 4, "cols": 60}),
            "explanation": forms.TextInput(attrs={"size": 80}),
        }


class ExampleForm(ExampleModelForm):
    class Meta:
        widgets = {
            "file": forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp"}),
            "caption": forms.TextInput(attrs={"size": 32}),
        }

    def clean_file(self) -> Any:
        """The uploaded image drawn anew; the file that is there already if nothing was uploaded."""
        file = self.cleaned_data["file"]
        return as_png(file) if isinstance(file, UploadedFile) else file
