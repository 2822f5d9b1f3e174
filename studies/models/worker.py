"""Who votes."""

import secrets

from django.db import models


def new_pseudonym() -> str:
    return "w" + secrets.token_hex(6)


class WorkerQuerySet(models.QuerySet["Worker"]):
    def known_as(self, channel: str, channel_id: str) -> "Worker":
        """The worker whom a channel calls so; made when one first takes part."""
        return self.get_or_create(channel=channel, channel_id=channel_id)[0]


class Worker(models.Model):
    """A person voting, known by a channel and that channel's id."""

    channel = models.CharField(max_length=20)
    channel_id = models.CharField(max_length=100)
    pseudonym = models.CharField(max_length=20, unique=True, default=new_pseudonym, help_text="What exports call this worker.")

    objects = WorkerQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["channel", "channel_id"], name="one_worker_per_channel_id")]

    def __str__(self) -> str:
        return self.pseudonym
