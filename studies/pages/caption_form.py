"""What a worker says of an image shown alone. The form never tells the prompt that the image was drawn away from."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from studies.models import Trial
from studies.models.caption import LONGEST_CAPTION
from studies.pages.visible import VisibleSeconds

WORDS = re.compile(r"\w+")
ARTICLES = {"a", "an", "the"}


class CaptionForm(VisibleSeconds, forms.Form):
    """A sentence or two, or that the image cannot be described."""

    text = forms.CharField(
        label=gettext_lazy("What do you see? Write a sentence or two."),
        required=False,
        # No maxlength: a browser would cut what is pasted, without a word.
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    indescribable = forms.BooleanField(label=gettext_lazy("This image cannot be described"), required=False)

    def __init__(self, trial: Trial, data: Any = None) -> None:
        super().__init__(data, prefix="caption")
        self.prompt = trial.comparison.prompt.text

    def clean_text(self) -> str:
        """On one line, because a prompt is one; a copy of the prompt is no caption."""
        text = " ".join(str(self.cleaned_data["text"]).split())
        if len(text) > LONGEST_CAPTION:
            too_long = _("Please use at most %(most)d characters, a sentence or two; these are %(number)d.")
            raise forms.ValidationError(too_long % {"most": LONGEST_CAPTION, "number": len(text)})
        if text and not WORDS.search(text):
            raise forms.ValidationError(_("Please write words."))
        if text and _words(text) == _words(self.prompt):
            raise forms.ValidationError(_("Please look at the image again, and describe it in words of your own."))
        return text

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        text, indescribable = cleaned.get("text", ""), cleaned.get("indescribable", False)
        if "text" in self.errors:
            return cleaned
        if text and indescribable:
            self.add_error("indescribable", _("Please either describe the image or say that it cannot be described."))
        if not text and not indescribable:
            self.add_error("text", _("Please write what you see, or say that the image cannot be described."))
        return cleaned


def _words(text: str) -> list[str]:
    """The words of a text, without case, signs and articles."""
    return [word for word in WORDS.findall(text.casefold()) if word not in ARTICLES]
