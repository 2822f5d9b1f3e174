"""Who votes, and how a worker is known without keeping who that is."""

import secrets

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.crypto import salted_hmac

from studies.models.study import Study, new_token


def new_pseudonym() -> str:
    return "w" + secrets.token_hex(6)


def hashed(channel: str, channel_id: str) -> str:
    """A channel's id for a worker as it is stored: keyed, so that nobody can find the person by trying ids."""
    return salted_hmac("studies.worker", f"{channel}/{channel_id}", algorithm="sha256").hexdigest()


class WorkerQuerySet(models.QuerySet["Worker"]):
    def called(self, channel: str, channel_id: str) -> "WorkerQuerySet":
        """The worker, if any, whom a channel calls so."""
        return self.filter(channel=channel, hashed_id=hashed(channel, channel_id))

    def known_as(self, channel: str, channel_id: str, *, plain_id: str = "") -> "Worker":
        """The worker whom a channel calls so; made when one first takes part.

        plain_id: the same id where the channel must pay, to be kept as it is; again, too, where it was deleted since.
        """
        known = {"channel": channel, "hashed_id": hashed(channel, channel_id)}
        worker = self.get_or_create(**known, defaults={"plain_id": plain_id})[0]
        if plain_id and not worker.plain_id:
            worker.plain_id = plain_id
            worker.save(update_fields=["plain_id"])
        return worker


class Worker(models.Model):
    """A person voting, known by a channel and that channel's id."""

    channel = models.CharField(max_length=40)
    hashed_id = models.CharField(max_length=64)
    plain_id = models.CharField(max_length=100, blank=True, help_text="Only where the channel must pay.")
    pseudonym = models.CharField(max_length=20, unique=True, default=new_pseudonym, help_text="What exports call this worker.")

    objects = WorkerQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["channel", "hashed_id"], name="one_worker_per_channel_id")]

    def __str__(self) -> str:
        return self.pseudonym

    def is_called(self, channel_id: str) -> bool:
        """Whether this worker's channel calls the worker so."""
        return secrets.compare_digest(self.hashed_id, hashed(self.channel, channel_id))


class PersonalLinkQuerySet(models.QuerySet["PersonalLink"]):
    def of(self, study: Study, worker: Worker, channel_id: str, *, rehearsal: bool) -> "PersonalLink":
        """The worker's link into a study; made when there is none yet.

        channel_id: what the channel calls the worker, and so what a browser that opens the link will be known as.
        """
        return self.get_or_create(study=study, worker=worker, rehearsal=rehearsal, defaults={"channel_id": channel_id})[0]


class PersonalLink(models.Model):
    """A worker's own way into a study, from any device: an invitation, or the way back to a session."""

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="personal_links")
    worker = models.ForeignKey(Worker, on_delete=models.CASCADE, related_name="personal_links")
    rehearsal = models.BooleanField(default=False)
    token = models.CharField(max_length=40, unique=True, default=new_token)
    channel_id = models.CharField(max_length=100, help_text="What the worker's browser is given: an id made for this link.")
    name = models.CharField(max_length=200, blank=True, help_text="As the list of people to invite says.")

    objects = PersonalLinkQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["study", "worker", "rehearsal"], name="one_personal_link_per_worker"),
        ]

    def __str__(self) -> str:
        return self.name or str(self.worker)

    @property
    def address(self) -> str:
        """With the host, as people are told it."""
        return settings.SITE_URL + reverse("personal", args=[self.token])


class Attempt(models.Model):
    """One attempt at something that is limited per hour, by a keyed hash of the address it came from."""

    what = models.CharField(max_length=20)
    who = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["what", "who", "at"], name="attempts_of_an_address")]

    def __str__(self) -> str:
        return f"{self.what} at {self.at}"
