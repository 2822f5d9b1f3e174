"""Runs: prompts × seeds × conditions to be made, with all that their negatives need."""

from collections.abc import Collection

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from generation import negatives
from generation.models.batches import Batch, BatchQuerySet
from generation.models.captions import Caption, CaptionQuerySet, NegativeText, NegativeTextQuerySet
from generation.models.conditions import Condition, ConditionQuerySet
from generation.models.images import Image, ImageQuerySet
from generation.models.prompts import Prompt, PromptSet
from generation.seeds import parse_seeds, validate_seeds


class RunQuerySet(models.QuerySet["Run"]):
    def waiting(self) -> "RunQuerySet":
        """Runs with a condition of which images wait for their negative, or for a batch, whichever run asked for them."""
        images = Image.objects.filter(condition__runs=models.OuterRef("pk"))
        return self.filter(models.Exists(images.waiting()) | models.Exists(images.queued().filter(batch=None)))


class Run(models.Model):
    """Prompts × seeds × conditions, to be made into images."""

    name = models.CharField(max_length=100, unique=True)
    conditions = models.ManyToManyField(Condition, related_name="runs")
    prompt_sets = models.ManyToManyField(PromptSet, related_name="runs")
    seeds = models.CharField(max_length=500, default="0", validators=[validate_seeds], help_text="For instance 0-3, 17.")
    batch_size = models.PositiveSmallIntegerField(
        default=16, validators=[MinValueValidator(1), MaxValueValidator(256)], help_text="Images per Celery task."
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = RunQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name

    def planned_images(self) -> "ImageQuerySet":
        """The images that this run wants and that have a row, whichever run asked for them first."""
        return self.images_of(list(self.conditions.values_list("pk", flat=True)))

    @property
    def is_made(self) -> bool:
        """Whether every image that this run wants is there, done or flagged."""
        made = self.planned_images().filter(state__in=[Image.State.DONE, Image.State.FLAGGED]).count()
        prompts = Prompt.objects.filter(prompt_set__runs=self).count()
        return made == prompts * len(parse_seeds(self.seeds)) * self.conditions.count()

    def dns_conditions(self) -> "ConditionQuerySet":
        """The conditions of the diffusion-negative images that its own conditions' negatives come from; some may not be yet."""
        conditions = self.conditions.with_sources().select_related("checkpoint")
        wanted = {each.dns_fingerprint(source) for each in conditions for source in each.sources_of_dns_images}
        return Condition.objects.filter(fingerprint__in=wanted)

    def dns_images(self) -> "ImageQuerySet":
        """The diffusion-negative images that its images' negatives come from, and that have a row."""
        return self.images_of(list(self.dns_conditions().values_list("pk", flat=True)))

    def needed_images(self) -> "ImageQuerySet":
        """Its images, and the diffusion-negative images that their negatives come from."""
        conditions = [*self.conditions.values_list("pk", flat=True), *self.dns_conditions().values_list("pk", flat=True)]
        return self.images_of(conditions)

    def images_of(self, conditions: Collection[int]) -> "ImageQuerySet":
        """The images of conditions, given as primary keys, for its prompts and seeds, of those that have a row."""
        prompts = Prompt.objects.filter(prompt_set__runs=self).order_by()  # no join: indexes of images are read by prompt
        return Image.objects.filter(_within(parse_seeds(self.seeds)), condition__in=conditions, prompt__in=prompts)

    def captions(self) -> "CaptionQuerySet":
        """The captions that its images' negatives come from, of those that there are."""
        sources = (source for each in self.conditions.with_sources() for source in each.sources_of_dns_images)
        captioners = {negatives.captioner_of(source) for source in sources}
        return Caption.objects.filter(captioner__in=captioners, image__in=self.dns_images())

    def negative_texts(self) -> "NegativeTextQuerySet":
        """The texts, other than captions, that sources gave, or are to give, for its images."""
        sources = (source for each in self.conditions.with_sources() for source in each.negative_sources)
        keys = {negatives.key_of(source) for source in sources}
        its_seeds = models.Q(seed=None) | models.Q(seed__in=parse_seeds(self.seeds))
        return NegativeText.objects.filter(its_seeds, key__in=keys, prompt__prompt_set__in=self.prompt_sets.all())

    def unfinished_batches(self) -> "BatchQuerySet":
        """The batches that hold what is queued for this run, whichever run they were cut for.

        Sought batch by batch, so that the first ones are found without a look at all images. An equality alone would let
        PostgreSQL put the batches of all images into a table first; what is said besides keeps it from that.
        """
        own = {"batch": models.OuterRef("pk"), "batch__lte": models.OuterRef("pk")}
        kinds = (self.needed_images(), self.captions(), self.negative_texts())
        images, captions, texts = (models.Exists(rows.queued().filter(**own)) for rows in kinds)
        return Batch.objects.unfinished().filter(images | captions | texts)

    def progress(self) -> dict[str, int]:
        """How many of the images that it needs are in each state; queries, so that it cannot drift.

        One for each state: an index answers each alone, many times faster than one that groups.
        """
        images = self.needed_images()
        return {state: images.filter(state=state).count() for state in Image.State.values}

    def retry(self) -> int:
        """Queue again what failed of its images and of what their negatives come from, for the next plan; how many images."""
        self.captions().retry()
        self.negative_texts().retry()
        return self.needed_images().retry()


def _within(seeds: list[int]) -> models.Q:
    """Whether a seed is one of these, which rise: by the ends alone where none is left out between them."""
    ends = models.Q(seed__range=(seeds[0], seeds[-1]))
    return ends if len(seeds) == seeds[-1] - seeds[0] + 1 else ends & models.Q(seed__in=seeds)
