"""What a worker says of an image that cannot be judged."""

from django import forms
from django.utils.translation import gettext_lazy as _

from studies.models import Report

LONGEST_TEXT = Report._meta.get_field("text").max_length


class ReportForm(forms.Form):
    text = forms.CharField(
        required=False,
        max_length=LONGEST_TEXT,
        label=_("What is wrong? You need not say."),
        error_messages={"max_length": _("Please use at most %(limit_value)d characters.")},
    )
