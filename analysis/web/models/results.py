"""Results of studies: queued, being computed, done or failed.

The rows are the queue, and a message only means “look”, as it is with batches of images: a lost, late or repeated one does
no harm.
"""

from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from studies.models import Study

LEASE = timedelta(minutes=10)  # many times what the report on a million votes takes
MOST_CLAIMS = 3
LONG_WAIT = timedelta(minutes=1)


class StudyResultsQuerySet(models.QuerySet["StudyResults"]):
    def of(self, study: Study, *, rehearsal: bool) -> "StudyResultsQuerySet":
        """The results of a study's real votes, or of those of its rehearsal, the newest first."""
        return self.filter(study=study, rehearsal=rehearsal).order_by("-pk")

    def under_way(self) -> "StudyResultsQuerySet":
        return self.filter(state__in=(StudyResults.State.QUEUED, StudyResults.State.COMPUTING))

    def done(self) -> "StudyResultsQuerySet":
        return self.filter(state=StudyResults.State.DONE)

    def failed(self) -> "StudyResultsQuerySet":
        return self.filter(state=StudyResults.State.FAILED)

    def free(self, now: datetime) -> "StudyResultsQuerySet":
        """Results that nobody computes, or whose worker's lease has run out."""
        return self.under_way().filter(Q(lease_until=None) | Q(lease_until__lte=now))

    def unheard(self, now: datetime) -> "StudyResultsQuerySet":
        """Free results that no message has named for as long as a lease lasts."""
        return self.free(now).filter(Q(called_at=None) | Q(called_at__lte=now - LEASE))


class StudyResults(models.Model):
    """What `python -m analysis report` writes, of one state of a study's votes.

    key: the state of the votes that it was made of, cheap to compare (results_key.py). digest: of the files that it was made
    of, which names its folder.
    """

    class State(models.TextChoices):
        QUEUED = "queued"
        COMPUTING = "computing"
        DONE = "done"
        FAILED = "failed"

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="+")
    rehearsal = models.BooleanField()
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    key = models.CharField(max_length=64)
    digest = models.CharField(max_length=64, blank=True)
    votes = models.PositiveIntegerField(null=True, help_text="Lines of the votes file, excluded votes too.")
    asked_at = models.DateTimeField()
    called_at = models.DateTimeField(null=True, help_text="When a message last named this row.")
    claims = models.PositiveSmallIntegerField(default=0, help_text="How often a worker took it.")
    holder = models.CharField(max_length=100, blank=True)
    lease_until = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True, help_text="When the votes were read.")
    finished_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True, help_text="Why they failed.")

    objects = StudyResultsQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "study results"
        constraints = [
            models.UniqueConstraint(
                fields=["study", "rehearsal"], condition=Q(state__in=["queued", "computing"]), name="one_computation_under_way"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.study} · results {self.pk}"

    @property
    def shelf(self) -> Path:
        """The folder of the folders of all results of these votes, earlier ones too; never served by address."""
        return Path(settings.RESULTS_ROOT) / str(self.study_id) / ("rehearsal" if self.rehearsal else "votes")

    @property
    def folder(self) -> Path:
        """Where the files are, once they are done."""
        return self.shelf / self.digest

    @property
    def is_whole(self) -> bool:
        """Whether the files of finished results are there: somebody may have put the database back without them."""
        return bool(self.digest) and self.folder.is_dir()

    def waits_long(self, now: datetime) -> bool:
        """Whether no worker has taken these for so long that there may be none."""
        return self.state == StudyResults.State.QUEUED and now - self.asked_at >= LONG_WAIT

    def call(self, now: datetime) -> bool:
        """Note that a message names this row now; False if one did lately, or if somebody computes it."""
        return StudyResults.objects.unheard(now).filter(pk=self.pk).update(called_at=now) == 1

    def claim(self, holder: str, key: str, now: datetime) -> bool:
        """Take this row if nobody does, to compute what its study's votes give now; False otherwise."""
        taken = {
            "state": StudyResults.State.COMPUTING,
            "holder": holder,
            "lease_until": now + LEASE,
            "key": key,
            "read_at": now,
        }
        return StudyResults.objects.free(now).filter(pk=self.pk).update(**taken, claims=F("claims") + 1) == 1

    def finish(self, holder: str, digest: str, votes: int, now: datetime) -> bool:
        """Make these the study's results; False if another worker has taken it over meanwhile."""
        return self._end(holder, state=StudyResults.State.DONE, digest=digest, votes=votes, finished_at=now)

    def fail(self, holder: str, reason: str, now: datetime) -> bool:
        """Keep why they could not be computed; False if another worker has taken it over meanwhile."""
        return self._end(holder, state=StudyResults.State.FAILED, reason=reason, finished_at=now)

    def _end(self, holder: str, **values: object) -> bool:
        held = StudyResults.objects.under_way().filter(pk=self.pk, holder=holder)
        ended = held.update(holder="", lease_until=None, **values) == 1
        self.refresh_from_db()
        return ended
