"""The images of a bundle: the pixels that workers saw, each once, with where it came from."""

import csv
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath, PureWindowsPath
from typing import IO, Any, cast

from django.core.files.storage import default_storage
from django.db.models import QuerySet
from django.utils.text import slugify

from analysis.bundle import pictures
from analysis.bundle.checksums import digest_of
from analysis.bundle.packing import Member
from studies.models import ComparisonImage, Study

FOLDER = "images"
COLUMNS = (*pictures.COLUMNS, "made_sha256", "image")
HOW = ("libraries", "device", "dtype", "attention", "compiled")  # of provenance, what a whole condition may share
NAMED = 5  # of missing files


class MissingImages(Exception):
    """Published images that are not on disk; the sentence names some."""


@dataclass(frozen=True)
class BundledImage:
    """An image by its path in the bundle. published: its file in the site's storage, which is what workers saw."""

    name: str
    prompt_set: str
    prompt: str
    seed: int
    condition: str
    sha256: str
    made_sha256: str
    image: int
    published: str

    def member(self) -> Member:
        return Member(self.name, default_storage.size(self.published), lambda: _open(self.published))


def images_of(study: Study) -> list[BundledImage]:
    """Every image that the study's comparisons show, in the order of prompts, seeds and the table's rows.

    Reads every file once, for its digest. Raises MissingImages.
    """
    rows = _shown(study).select_related("condition", "comparison__prompt__prompt_set", "source").defer("source__provenance")
    in_order = rows.order_by(*(f"comparison__{name}" for name in ("prompt__prompt_set", "prompt", "seed")), "condition")
    first = {row.source_id: row for row in in_order}.values()  # a study of pairs shows an image in several comparisons
    digests = _digests(str(row.file) for row in first)
    names = _names(study, list(first))
    return [_bundled(row, name, digests[str(row.file)]) for row, name in zip(first, names, strict=True)]


def write_image_list(images: Iterable[BundledImage], path: Path) -> None:
    """images.csv, which names the files as they lie in the bundle."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for image in images:
            where = (image.prompt_set, image.prompt, image.seed, image.condition)
            writer.writerow((*where, image.name, image.sha256, image.made_sha256, image.image))


def write_provenance(study: Study, images: Iterable[BundledImage], path: Path) -> dict[str, list[dict[str, Any]]]:
    """A line of JSON for each image; return how each condition's images were made, with the number of images made so."""
    bundled = {image.image: image for image in images}
    made: defaultdict[str, Counter[str]] = defaultdict(Counter)
    with path.open("w", encoding="utf-8", newline="") as file:
        for pk, record in _records(study, bundled):
            file.write(json.dumps(record, ensure_ascii=False) + "\n")
            made[bundled[pk].condition][json.dumps({name: record[name] for name in HOW if name in record})] += 1
    return {name: [{**json.loads(how), "images": n} for how, n in counted.items()] for name, counted in made.items()}


def without_folder(name: str) -> str:
    """The name of a checkpoint; of one on disk the last part alone, as its folder says something of the machine."""
    if PurePath(name).is_absolute() or PureWindowsPath(name).is_absolute():
        return PureWindowsPath(name).name
    return name


def without_folders(sources: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Negative sources, or what they gave; of a captioner on disk the last part of its name alone."""
    return [
        {name: without_folder(value) if name == "captioner" else value for name, value in source.items()} for source in sources
    ]


def _shown(study: Study) -> QuerySet[ComparisonImage]:
    return ComparisonImage.objects.filter(comparison__in=study.comparisons.wanted())


def _digests(files: Iterable[str]) -> dict[str, str]:
    found, missing = {}, []
    for name in files:
        try:
            with _open(name) as file:
                found[name] = digest_of(file)
        except OSError:
            missing.append(name)
    if missing:
        said = ", ".join(missing[:NAMED]) + (" and others" if len(missing) > NAMED else "")
        raise MissingImages(
            f"{len(missing)} published images cannot be read in the site's image folder, so nothing was written: {said}."
        )
    return found


def _open(name: str) -> IO[bytes]:
    return cast(IO[bytes], default_storage.open(name))


def _names(study: Study, rows: Sequence[ComparisonImage]) -> Iterator[str]:
    """Paths that tell people what an image is; their numbers make each its own whatever the texts are."""
    conditions = {row.pk: f"{number}-{slugify(str(row))}" for number, row in enumerate(study.conditions.all(), start=1)}
    prompts: dict[int, int] = {}
    folders: dict[int, str] = {}
    for row in rows:
        prompt = row.comparison.prompt
        number = prompts.setdefault(prompt.pk, len(prompts) + 1)
        folder = folders.setdefault(prompt.prompt_set_id, f"{len(folders) + 1}-{slugify(str(prompt.prompt_set))}")
        yield f"{FOLDER}/{folder}/{number:04d}_{row.comparison.seed}_{conditions[row.condition_id]}.png"


def _bundled(row: ComparisonImage, name: str, digest: str) -> BundledImage:
    prompt = row.comparison.prompt
    where = (str(prompt.prompt_set), prompt.text, row.comparison.seed, str(row.condition))
    return BundledImage(name, *where, digest, row.source.sha256, row.source_id, str(row.file))


def _records(study: Study, bundled: Mapping[int, BundledImage]) -> Iterator[tuple[int, dict[str, Any]]]:
    """What is known of how each image was made, in the order of the images' keys."""
    fields = ("source", "source__screened_by", "source__unscreened_because", "source__provenance")
    rows = _shown(study).order_by("source").values_list(*fields)
    last = None
    for pk, screened_by, unscreened_because, provenance in rows.iterator(chunk_size=200):
        if pk != last:
            screening = {"screened_by": without_folder(screened_by), "unscreened_because": unscreened_because}
            yield pk, {"file": bundled[pk].name, **screening, **_cleaned(provenance)}
        last = pk


def _cleaned(provenance: dict[str, Any]) -> dict[str, Any]:
    cleaned = dict(provenance)
    if isinstance(provenance.get("checkpoint"), str):
        cleaned["checkpoint"] = without_folder(provenance["checkpoint"])
    if "negatives" in provenance:
        cleaned["negatives"] = without_folders(provenance["negatives"])
    return cleaned
