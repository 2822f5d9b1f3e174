"""A study's ways in: its own two links, and one for each other channel it runs on."""

from django.conf import settings
from django.db import models
from django.urls import reverse

from studies.models.study import Study, new_token


class Link(models.Model):
    """The address by which the workers of one channel come to a study.

    The study's voting link and its rehearsal link are on the study itself; they are the local channel's.
    """

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="links")
    channel = models.CharField(max_length=40)
    token = models.CharField(max_length=40, unique=True, default=new_token)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["study", "channel"], name="one_link_per_study_and_channel")]

    def __str__(self) -> str:
        return f"{self.study} on {self.channel}"

    @property
    def address(self) -> str:
        """With the host, as a channel is told it."""
        return settings.SITE_URL + reverse("study", args=[self.token])
