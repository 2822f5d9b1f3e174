"""Lists of what nobody wants to see, whatever the prompt."""

from django.db import models


class StandardNegatives(models.Model):
    """An editable list; what conditions took from it stays as it was."""

    name = models.CharField(max_length=60, unique=True)
    text = models.TextField(
        help_text="One negative prompt: words and phrases with commas between. “standard” comes along: what is usually "
        "written against images of low quality, in our own wording. The very list that Desai & Vasconcelos (2024) took "
        "from their reference [1] is not printed in their paper: paste it over this one, or add it under another name."
    )

    class Meta:
        verbose_name = verbose_name_plural = "standard negatives"

    def __str__(self) -> str:
        return self.name
