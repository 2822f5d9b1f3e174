"""The form of a posting: money in dollars, and times as people think of them."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError

from studies.channels.mturk.environments import TITLES, environment
from studies.channels.mturk.errors import BadAmount, NotReachable
from studies.channels.mturk.models import Posting
from studies.channels.mturk.models.posting import DAY, HOUR, LONGEST, LONGEST_DELAY, MINUTE, SHORTEST
from studies.channels.mturk.money import amount_of, cents_of
from studies.models import Study

if TYPE_CHECKING:
    PostingModelForm = forms.ModelForm[Posting]
else:  # Django's own class takes no parameters
    PostingModelForm = forms.ModelForm

PAPERS_WORKERS, PAPERS_CENTS = 10, 5
TIMES = {
    "assignment_minutes": ("assignment_seconds", MINUTE),
    "lifetime_days": ("lifetime_seconds", DAY),
    "auto_approval_days": ("auto_approval_seconds", DAY),
}


class Dollars(forms.CharField):
    """An amount such as “0.05”, and written so when cleaned."""

    widget = forms.TextInput(attrs={"size": 8, "inputmode": "decimal"})

    def clean(self, value: Any) -> str:
        try:
            return amount_of(cents_of(super().clean(value)))
        except BadAmount as error:
            raise ValidationError(str(error)) from error


def _time(label: str, unit: int, least: int, most: int, help_text: str = "") -> forms.FloatField:
    """A time in a unit of so many seconds."""
    widget = forms.NumberInput(attrs={"step": "any"})
    return forms.FloatField(label=label, widget=widget, help_text=help_text, min_value=least / unit, max_value=most / unit)


class PostingForm(PostingModelForm):
    """A draft for Mechanical Turk; at first with the paper's numbers."""

    reward = Dollars(label="Reward for a HIT (dollars)", help_text="Such as 0.05. Amazon's fee comes on top: the quote says.")
    assignment_minutes = _time("Time for a HIT (minutes)", MINUTE, SHORTEST, LONGEST)
    lifetime_days = _time("HITs can be found for (days)", DAY, SHORTEST, LONGEST)
    auto_approval_days = _time(
        "Approved without review after (days)", DAY, 0, LONGEST_DELAY, "By Mechanical Turk itself; 30 at most."
    )

    class Meta:
        model = Posting
        fields = [
            "environment_name",
            "form",
            "title",
            "description",
            "keywords",
            "max_assignments",
            "comparisons_per_hit",
            "frame_height",
            "needs_masters",
            "approval_above",
            "approved_above",
            "countries",
            "needs_adults",
            "keeps_out_earlier",
            "needs_quiz_of",
            "bucket",
            "bucket_region",
            "images_are_public",
        ]
        labels = {
            "comparisons_per_hit": "Comparisons per HIT",
            "countries": "Workers from these countries alone",
            "bucket_region": "Region of the bucket",
            "images_are_public": "Images in the bucket are public",
        }
        widgets = {
            "title": forms.TextInput(attrs={"size": 80}),
            "keywords": forms.TextInput(attrs={"size": 80}),
            "description": forms.Textarea(attrs={"rows": 3, "cols": 80}),
        }

    field_order = (
        "environment_name",
        "form",
        "title",
        "description",
        "keywords",
        "reward",
        "max_assignments",
        "comparisons_per_hit",
        *TIMES,
    )

    def __init__(self, study: Study, *args: Any, **kwargs: Any) -> None:
        instance = kwargs.get("instance") or _first_draft(study)
        initial = {name: getattr(instance, field) / unit for name, (field, unit) in TIMES.items()}
        initial = {name: int(value) if value == int(value) else value for name, value in initial.items()}
        initial["reward"] = amount_of(instance.reward_cents)
        super().__init__(*args, **{**kwargs, "instance": instance, "initial": initial})
        with_quiz = Study.objects.exclude(quiz_questions=None).distinct()
        self.fields["needs_quiz_of"].queryset = with_quiz  # type: ignore[attr-defined]
        self.fields["environment_name"].choices = [(name, TITLES[name]) for name in TITLES]  # type: ignore[attr-defined]

    def clean_environment_name(self) -> str:
        """Raise ValidationError for one that cannot be reached."""
        name: str = self.cleaned_data["environment_name"]
        if reason := why_not(name):
            raise ValidationError(reason)
        return name

    def clean(self) -> dict[str, Any]:
        """Bring money and times to the posting in its own units, for its own checks to see."""
        cleaned = super().clean() or self.cleaned_data
        if "reward" in cleaned:
            self.instance.reward_cents = cents_of(cleaned["reward"])
            if self.instance.reward_cents < 1:
                self.add_error("reward", "Workers get one cent at least.")
        for name, (field, unit) in TIMES.items():
            if name in cleaned:
                setattr(self.instance, field, round(cleaned[name] * unit))
        return cleaned


def why_not(name: str) -> str:
    """Why an environment cannot be used; empty if nothing is known to stand in the way."""
    try:
        environment(name)
    except NotReachable as reason:
        return str(reason)
    return ""


def _first_draft(study: Study) -> Posting:
    """A posting with the paper's numbers, as far as the study has room for them."""
    return Posting(
        study=study,
        title="Compare images made from a text",
        description="Look at images that were made from a text, and say which is better. There is nothing to install.",
        reward_cents=PAPERS_CENTS,
        max_assignments=min(PAPERS_WORKERS, study.votes_wanted),
        assignment_seconds=min(HOUR, study.session_minutes * MINUTE),
    )
