"""The images that workers saw, for the contact sheets of a report: copied from the site's storage when one is asked for."""

from pathlib import Path
from typing import TYPE_CHECKING

from django.core.files.storage import default_storage

from studies.models import ComparisonImage, Study

if TYPE_CHECKING:
    from analysis.figures import ImageAt  # which loads what draws figures, as no page needs


def images_at_hand(study: Study, folder: Path) -> "ImageAt":
    """Finds images of the comparisons that are voted on: gold shows those of other prompts. Copies go into the folder."""
    shown = ComparisonImage.objects.filter(comparison__in=study.comparisons.wanted()).order_by("pk")

    def image_at(prompt_set: str, prompt: str, seed: int, condition: str) -> Path | None:
        found = shown.filter(
            comparison__prompt__prompt_set__name=prompt_set,
            comparison__prompt__text=prompt,
            comparison__seed=seed,
            condition__printed_name=condition,
        ).first()
        return None if found is None else _copied(str(found.file), folder)

    return image_at


def _copied(name: str, folder: Path) -> Path | None:
    """None if it cannot be read: the sheet says that it is not at hand."""
    path = folder / Path(name).name
    try:
        with default_storage.open(name) as file:
            path.write_bytes(file.read())
    except OSError:
        return None
    return path
