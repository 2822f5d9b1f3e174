"""Base models: what images are made with."""

import json
from pathlib import Path

from django.core.exceptions import ValidationError
from django.db import models

from generation import hub
from generation.digests import INDEX, PREFIX


class Checkpoint(models.Model):
    """A base model: a name, a revision, and who screens its images."""

    name = models.CharField(
        max_length=200,
        help_text="“bundled”, a folder in the diffusers format, a .safetensors file, or a name on the Hugging Face hub.",
    )
    revision = models.CharField(
        max_length=64,
        blank=True,
        help_text="Of the hub: a commit, or a branch or tag to be resolved to one now. "
        "Leave it empty for what is on disk: its content is the revision.",
    )
    safety_checker = models.CharField(
        max_length=200,
        blank=True,
        help_text="Folder or hub name of the safety checker; empty for the checkpoint's own.",
    )
    unscreened_because = models.CharField(
        max_length=300,
        blank=True,
        help_text="Only to go without any screening: say why. Every table of the images repeats these words.",
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["name", "revision"], name="one_checkpoint_per_name_and_revision")]

    def __str__(self) -> str:
        return f"{self.name}@{self.revision.removeprefix(PREFIX)[:8]}" if self.revision else self.name

    def clean(self) -> None:
        """Resolve the revision to a commit or a digest; raise ValidationError for what cannot be or may not change."""
        if self.safety_checker and self.unscreened_because:
            raise ValidationError("Name a safety checker or say why there is none, not both.")
        if not self.has_conditions:
            self._resolve_revision()
        elif not Checkpoint.objects.filter(pk=self.pk, name=self.name, revision=self.revision).exists():
            raise ValidationError("Conditions use this checkpoint. Add another one instead of changing its name or revision.")

    def _resolve_revision(self) -> None:
        try:
            self.revision = hub.resolve_revision(self.name, self.revision)
        except hub.CheckpointNotFound as error:
            raise ValidationError(str(error)) from error

    @property
    def has_conditions(self) -> bool:
        return self.pk is not None and self.condition_set.exists()

    def screening_fault(self) -> str:
        """Why the images of this checkpoint could not be screened, as far as it can be known without loading it; or empty."""
        if self.safety_checker or self.unscreened_because:
            return ""
        try:
            source = Path(hub.source_of(self.name))
        except hub.CheckpointNotFound as error:
            return str(error)
        if source.exists() and not _has_safety_checker(source):
            return f"The checkpoint {self} has no safety checker: name one in it, or say there in words why there is none."
        return ""

    def revision_fault(self) -> str:
        """Why no more images may be drawn: it was added without a revision, and had other content on disk; or empty."""
        if self.revision or not (drawn := self._drawn_revisions()):
            return ""
        try:
            now = hub.revision_now(self.name, self.revision)
        except hub.CheckpointNotFound as error:
            return str(error)
        if drawn == {now}:
            return ""
        return f"“{self.name}” was added before its content had a revision; add the checkpoint again, and its conditions."

    def _drawn_revisions(self) -> set[str]:
        """The revisions that its images tell; empty ones of images that were made before there were digests."""
        drawn = self.condition_set.filter(images__provenance__has_key="revision")
        return set(drawn.values_list("images__provenance__revision", flat=True).distinct())


def _has_safety_checker(source: Path) -> bool:
    """Whether a folder lists a safety checker; a single file of weights never has one."""
    return source.is_dir() and any(json.loads((source / INDEX).read_text()).get("safety_checker", ()))
