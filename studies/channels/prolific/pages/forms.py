"""Forms of the Prolific pages. People write amounts as they read them, 1.50; rows hold cents."""

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms

from studies.channels.prolific.models import ProlificStudy
from studies.channels.prolific.rules import REJECTIONS, RETURN_REASONS, SHORTEST_REJECTION

if TYPE_CHECKING:
    PlanModelForm = forms.ModelForm[ProlificStudy]
else:  # Django's own class takes no parameters
    PlanModelForm = forms.ModelForm

MOST = Decimal(1_000_000)


class MoneyField(forms.DecimalField):
    """An amount in whole currency, with two decimals at most; its value is cents."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"min_value": Decimal(0), "max_value": MOST, "decimal_places": 2, **kwargs})

    def prepare_value(self, value: Any) -> Any:
        return f"{value // 100}.{value % 100:02d}" if isinstance(value, int) else value

    def clean(self, value: Any) -> Any:
        amount = super().clean(value)
        return None if amount is None else int(amount * 100)

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), data)


class PlanForm(PlanModelForm):
    """What the study is to be on Prolific."""

    reward_cents = MoneyField(label="Reward", help_text="For a whole session.")
    screen_out_cents = MoneyField(
        label="Reward when screened out",
        initial=0,
        help_text="0: whoever is screened out is asked to return the submission. Not every workspace may pay for it.",
    )
    budget_cents = MoneyField(label="Budget", help_text="The most to be spent there, with fees, VAT and bonuses.")

    class Meta:
        model = ProlificStudy
        fields = (
            "title",
            "description",
            "currency",
            "reward_cents",
            "minutes",
            "places",
            "review",
            "budget_cents",
            "screen_out_cents",
            "screen_out_places",
        )


class BudgetForm(forms.Form):
    budget = MoneyField(label="Budget")


class ConfirmForm(forms.Form):
    """What a quote said, sent back to confirm it; places where more of them are asked for."""

    cents = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    places = forms.IntegerField(min_value=1, required=False, widget=forms.HiddenInput)


class PlacesForm(forms.Form):
    places = forms.IntegerField(label="Places in all", min_value=1)


class RejectForm(forms.Form):
    category = forms.ChoiceField(label="Reason", choices=[("", "Choose one"), *REJECTIONS.items()])
    message = forms.CharField(
        label="Explanation for the participant",
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=f"At least {SHORTEST_REJECTION} characters.",
    )


class ReturnForm(forms.Form):
    reasons = forms.MultipleChoiceField(
        label="Reasons",
        choices=[(reason, reason) for reason in RETURN_REASONS],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    other = forms.CharField(label="Another reason", required=False, max_length=500)

    def chosen(self) -> list[str]:
        """All reasons, as the participant reads them."""
        return [*self.cleaned_data["reasons"], self.cleaned_data["other"]]


class BonusForm(forms.Form):
    bonus = MoneyField(label="Bonus for each that is ticked")


def first_error(form: forms.BaseForm) -> str:
    """The first thing that is wrong with a form, with the field's name."""
    name, errors = next(iter(form.errors.items()))
    label = form.fields[name].label if name in form.fields else ""
    return f"{label}: {errors[0]}" if label else str(errors[0])
