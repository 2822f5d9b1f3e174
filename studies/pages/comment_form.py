"""What a worker says at the end."""

from django import forms
from django.utils.translation import gettext_lazy as _

LONGEST_COMMENT = 2000


class CommentForm(forms.Form):
    """A comment on the study; empty to take it back."""

    comment = forms.CharField(
        label=_("Is there anything you would like to tell us?"),
        required=False,
        max_length=LONGEST_COMMENT,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
