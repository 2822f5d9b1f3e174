"""Publishing: a draft becomes comparisons with their images and places, all at once or not at all."""

import io
import itertools
import uuid
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime

import PIL.Image
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import F

from generation.models import Image
from generation.storage import store
from studies.comparisons import Pair, Plan, plan_of
from studies.errors import NotPublishable
from studies.gold import faults_of_sizes, make_golds
from studies.models import Comparison, ComparisonImage, Drop, Place, Study
from studies.places import orders, ranks
from studies.readiness import checked_grids, sizes_of

MOST_VOTES_ADDED = 100  # at a time, on each comparison
Watch = Callable[[Iterable[Image]], Iterable[Image]]


def publish(study: Study, now: datetime, *, watch: Watch = iter) -> None:
    """Make the study's comparisons, images and places, and open it to workers.

    `watch` goes round the images as they are re-encoded, for a progress bar. Raises NotPublishable, with a sentence for
    everything that is missing, if the study is not ready or not a draft; nothing is left behind then.
    """
    plan = _checked_plan(study)
    sizes = sizes_of(plan)
    if faults := faults_of_sizes(study, sizes):
        raise NotPublishable(faults)
    # The files come first: they take long, and nobody should wait for the database meanwhile.
    with _reencoded(plan, watch) as files, transaction.atomic():
        # Read again under a lock: another researcher may have published or changed the study meanwhile.
        draft = Study.objects.select_for_update().get(pk=study.pk)
        if _checked_plan(draft) != plan:
            raise NotPublishable([f"The design or the images of “{study}” changed meanwhile. Publish it again."])
        _write_rows(draft, plan, sizes, files)
        draft.state, draft.published_at = Study.State.PUBLISHED, now
        draft.save()
    study.refresh_from_db()


def _checked_plan(study: Study) -> Plan:
    if not study.is_draft:
        raise NotPublishable([f"“{study}” is published already."])
    return plan_of(study, checked_grids(study))


@contextmanager
def _reencoded(plan: Plan, watch: Watch) -> Iterator[dict[Image, str]]:
    """The names of the images' new files; every one of them is deleted again if the block fails."""
    names: dict[Image, str] = {}
    try:
        for image in watch([image for images in plan.images.values() for image in images]):
            names[image] = f"comparisons/{uuid.uuid4().hex}.png"
            store().put(names[image], pixels_alone(image))
        yield names
    except BaseException:
        for name in names.values():
            default_storage.delete(name)
        raise


def pixels_alone(image: Image) -> bytes:
    """The image as an RGB PNG without metadata: nothing but pixels may tell two conditions apart."""
    try:
        with PIL.Image.open(io.BytesIO(image.content())) as opened:
            pixels = opened.convert("RGB")
    except OSError as error:
        raise NotPublishable([f"“{image}” cannot be read ({error}). Make it again."]) from error
    pixels.info.clear()
    encoded = io.BytesIO()
    pixels.save(encoded, "PNG")
    return encoded.getvalue()


def _write_rows(study: Study, plan: Plan, sizes: Mapping[Pair, str], files: dict[Image, str]) -> None:
    Drop.objects.bulk_create(
        Drop(study=study, prompt=pair.prompt, seed=pair.seed, condition=condition) for pair, condition in plan.flagged
    )
    shown = list(itertools.product(plan.images, plan.groups))
    comparisons = Comparison.objects.bulk_create(
        Comparison(study=study, prompt=pair.prompt, seed=pair.seed, together=",".join(map(str, group))) for pair, group in shown
    )
    ComparisonImage.objects.bulk_create(
        _image(plan, files, comparison, pair, row)
        for comparison, (pair, group) in zip(comparisons, shown, strict=True)
        for row in group
    )
    make_golds(study, plan, sizes, files)
    add_places(study, study.votes_wanted)


def _image(plan: Plan, files: dict[Image, str], comparison: Comparison, pair: Pair, row: int) -> ComparisonImage:
    source = plan.images[pair][row]
    return ComparisonImage(comparison=comparison, condition=plan.conditions[row], source=source, file=files[source])


def add_votes(study: Study, more: int) -> None:
    """Ask for that many more votes on each comparison. Raises NotPublishable for a draft, or for fewer than one vote."""
    if not 1 <= more <= MOST_VOTES_ADDED:
        raise NotPublishable([f"Ask for at least one more vote and at most {MOST_VOTES_ADDED} at a time, not {more}."])
    with transaction.atomic():
        locked = Study.objects.select_for_update().get(pk=study.pk)
        if locked.is_draft:
            raise NotPublishable([f"“{study}” is a draft: change its votes per comparison, and publish it."])
        add_places(locked, more)
        Study.objects.filter(pk=study.pk).update(votes_wanted=F("votes_wanted") + more)
    study.refresh_from_db()


def add_places(study: Study, more: int) -> None:
    """Make that many more places of each of the study's comparisons, for real votes and for a rehearsal."""
    comparisons = sorted(study.comparisons.wanted().select_related("prompt__prompt_set"), key=_by_text)
    for rehearsal in (False, True):
        Place.objects.bulk_create(_places(study, comparisons, rehearsal, more), batch_size=5000)


def _by_text(comparison: Comparison) -> tuple[str, str, int, str]:
    """The order of the design: the same in every database, whatever the keys of the rows are."""
    return comparison.prompt.prompt_set.name, comparison.prompt.text, comparison.seed, comparison.together


def _places(study: Study, comparisons: Sequence[Comparison], rehearsal: bool, more: int) -> Iterator[Place]:
    seed = f"{study.seed}/{rehearsal}"
    keys = [condition.pk for condition in study.conditions.all()]
    there = Counter(Place.objects.of(study, rehearsal=rehearsal).values_list("comparison", flat=True))
    first = there.total()
    ranked = ranks(f"{seed}/{first}", [comparison.prompt.prompt_set.name for comparison in comparisons], more)
    indices: defaultdict[str, Iterator[int]] = defaultdict(itertools.count)
    for comparison, own_ranks in zip(comparisons, ranked, strict=True):
        group, start = comparison.together, there[comparison.pk]
        rows = [int(row) for row in group.split(",")]
        own_orders = orders(f"{seed}/{group}", rows, next(indices[group]), start, start + more)
        for number, (shown, rank) in enumerate(zip(own_orders, own_ranks, strict=True), start):
            yield Place(
                study=study,
                comparison=comparison,
                rehearsal=rehearsal,
                number=number,
                shown=[keys[row] for row in shown],
                rank=first + rank,
            )
