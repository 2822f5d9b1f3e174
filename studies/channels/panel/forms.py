"""The form by which a researcher sets up a panel for a study."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError

from studies.channels.panel.models import ADDRESSES, PREFIX, PanelLink
from studies.models import Link, Study

if TYPE_CHECKING:
    PanelModelForm = forms.ModelForm[PanelLink]
else:  # Django's own class takes no parameters
    PanelModelForm = forms.ModelForm


class PanelForm(PanelModelForm):
    """A new panel, or what was said of one; its name stays, as its workers are known by it."""

    panel = forms.SlugField(
        label="Panel",
        max_length=30,
        help_text="A short name, “connect” for one: letters, digits and hyphens. Workers of a panel are the same people in all "
        "studies that name it so.",
    )

    class Meta:
        model = PanelLink
        fields = ["id_parameter", "visit_parameter", "kept_parameters", *ADDRESSES, "code"]
        widgets = {name: forms.TextInput(attrs={"size": 90}) for name in ADDRESSES}

    field_order = ["panel"]

    def __init__(self, study: Study, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.study = study
        if self.instance.pk:
            del self.fields["panel"]

    def clean_panel(self) -> str:
        """Raise ValidationError for a panel that the study has already."""
        panel: str = self.cleaned_data["panel"].lower()
        if Link.objects.filter(study=self.study, channel=PREFIX + panel).exists():
            raise ValidationError(f"“{panel}” is a panel of this study already. Change it in the table above.")
        return panel

    def save(self, commit: bool = True) -> PanelLink:
        """Save the panel, with a link if it is new."""
        if not self.instance.pk:
            self.instance.link = Link.objects.create(study=self.study, channel=PREFIX + self.cleaned_data["panel"])
        return super().save(commit)
