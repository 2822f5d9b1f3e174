"""What a visitor agrees to before the first trial, and may tell."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from studies.models import Study

Choices = Sequence[tuple[str, str | Promise]]

NOT_SAID = ("", gettext_lazy("Prefer not to say"))
# What is stored stays the same in every language.
AGE_GROUPS: Choices = [
    NOT_SAID,
    ("under 18", gettext_lazy("Under 18")),
    ("18-24", "18–24"),
    ("25-34", "25–34"),
    ("35-44", "35–44"),
    ("45-54", "45–54"),
    ("55-64", "55–64"),
    ("65 or over", gettext_lazy("65 or over")),
]
GENDERS: Choices = [
    NOT_SAID,
    ("woman", gettext_lazy("Woman")),
    ("man", gettext_lazy("Man")),
    ("non-binary", gettext_lazy("Non-binary")),
    ("other", gettext_lazy("Another gender")),
]
LONGEST_LANGUAGE = 60


class EntranceForm(forms.Form):
    """Boxes that must be ticked, as the study needs them, and questions about the visitor that may be left alone."""

    def __init__(self, study: Study, data: Any = None) -> None:
        super().__init__(data)
        self.fields |= _boxes(study)
        self.demographic_fields = _demographic_fields() if study.asks_demographics else {}
        self.fields |= self.demographic_fields

    def boxes(self) -> list[forms.BoundField]:
        """What must be ticked."""
        return [field for field in self if field.name not in self.demographic_fields]

    def questions(self) -> list[forms.BoundField]:
        """What may be told."""
        return [field for field in self if field.name in self.demographic_fields]

    def demographics(self) -> dict[str, str]:
        """What the visitor of a valid form chose to tell."""
        return {name: self.cleaned_data[name] for name in self.demographic_fields if self.cleaned_data[name]}


def _boxes(study: Study) -> dict[str, forms.Field]:
    boxes: dict[str, forms.Field] = {
        "agree": forms.BooleanField(
            label=_("I have read this and agree to take part."),
            error_messages={"required": _("Please tick the box if you agree to take part; without it you cannot start.")},
        )
    }
    if study.minimum_age:
        boxes["of_age"] = forms.BooleanField(
            label=_("I am at least %(years)d years old.") % {"years": study.minimum_age},
            error_messages={"required": _("Only people of that age may take part. Please tick the box if you are.")},
        )
    if study.adult_content:
        boxes["adult_content"] = forms.BooleanField(
            label=_("I know that images may show adult content, and I want to see them."),
            error_messages={"required": _("Please tick the box if you want to see such images; without it you cannot start.")},
        )
    return boxes


def _demographic_fields() -> dict[str, forms.Field]:
    return {
        "age_group": forms.ChoiceField(label=_("Age"), choices=AGE_GROUPS, required=False),
        "gender": forms.ChoiceField(label=_("Gender"), choices=GENDERS, required=False),
        "first_language": forms.CharField(
            label=_("First language"),
            required=False,
            max_length=LONGEST_LANGUAGE,
            help_text=_("Leave it empty if you prefer not to say."),
        ),
    }
