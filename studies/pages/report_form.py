"""What a worker says of an image that cannot be judged."""

from django import forms
from django.utils.translation import gettext_lazy as _

LONGEST_TEXT = 300


class ReportForm(forms.Form):
    text = forms.CharField(
        required=False,
        max_length=LONGEST_TEXT,
        error_messages={"max_length": _("Please use at most %(limit_value)d characters.")},
    )
