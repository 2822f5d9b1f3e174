"""What is to be drawn: prompts in named sets."""

from django.core.exceptions import ValidationError
from django.db import models

from generation import methods


class PromptSet(models.Model):
    """A named list of prompts, such as A&E, Human or Hand."""

    name = models.CharField(max_length=60, unique=True)
    source = models.TextField(blank=True, help_text="Where the prompts come from.")

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Raise ValidationError for a new name over images: votes files say it, and must say the same tomorrow."""
        has_images = self.pk is not None and self.prompts.filter(images__isnull=False).exists()
        if has_images and PromptSet.objects.get(pk=self.pk).name != self.name:
            raise ValidationError({"name": "Images were made of this prompt set; its name cannot change any more."})


class Prompt(models.Model):
    """One text to draw; its text is fixed once it has an image."""

    prompt_set = models.ForeignKey(PromptSet, on_delete=models.PROTECT, related_name="prompts")
    text = models.CharField(max_length=500)
    subset = models.CharField(max_length=60, blank=True, help_text="For instance animal-object.")
    entities = models.JSONField(default=list, blank=True, help_text="The phrases that must be seen, as a list.")
    negatives = models.JSONField(
        default=dict, blank=True, help_text='Negatives of its own by name: {"related": "flowers", "unrelated": "a car"}.'
    )

    class Meta:
        ordering = ["prompt_set", "pk"]
        constraints = [models.UniqueConstraint(fields=["prompt_set", "text"], name="one_prompt_per_text_and_set")]

    def __str__(self) -> str:
        return self.text

    def clean(self) -> None:
        """Raise ValidationError for a new text, set or phrases to steer by, under images that were made from the old ones."""
        if self.pk and self.images.exists() and Prompt.objects.get(pk=self.pk).text != self.text:
            raise ValidationError({"text": "This prompt has images already. Add a new prompt instead of changing it."})
        if self.pk and self.images.exists() and Prompt.objects.get(pk=self.pk).prompt_set_id != self.prompt_set_id:
            raise ValidationError({"prompt_set": "This prompt has images already. Add it to the other set as a new prompt."})
        steered = self.pk and self.images.filter(condition__method__in=methods.STEERED).exists()
        if steered and Prompt.objects.get(pk=self.pk).entities != self.entities:
            raise ValidationError({"entities": "Images were steered by these phrases. Add the prompt to another set instead."})
        if not isinstance(self.negatives, dict) or not all(isinstance(text, str) for text in self.negatives.values()):
            raise ValidationError({"negatives": 'Write texts by name, for instance {"related": "flowers"}.'})
        if not isinstance(self.entities, list) or not all(isinstance(entity, str) for entity in self.entities):
            raise ValidationError({"entities": 'Write a list of phrases, for instance ["a cat", "a dog"].'})
        if self.pk and any(Prompt.objects.get(pk=self.pk).negatives[name] != self.negatives.get(name) for name in self._used()):
            raise ValidationError({"negatives": "Images were drawn with these. Add the prompt to another set instead."})

    def _used(self) -> set[str]:
        """The names of its own negatives that images have been led away from, or are about to be."""
        # Filtered here: not every database looks into JSON in the same way.
        drawn = self.images.exclude(negatives=[]).values_list("negatives", flat=True)
        return {given["name"] for negatives in drawn for given in negatives if given["source"] == "prompt"}
