"""The images that a study's comparisons show, as they were made: what its automatic metrics are of."""

from dataclasses import dataclass
from itertools import groupby

import PIL.Image
from django.core.files.storage import default_storage

from studies.models import ComparisonImage, Study


@dataclass(frozen=True)
class StudyImage:
    """image, prompt_set, prompt and condition are keys of rows; the condition's is that of the study's own."""

    image: int
    prompt_set: int
    prompt: int
    text: str
    seed: int
    condition: int
    file: str

    def picture(self) -> PIL.Image.Image:
        """Its pixels, as RGB. Raises OSError."""
        with default_storage.open(self.file) as file, PIL.Image.open(file) as opened:
            return opened.convert("RGB")


def images_of(study: Study) -> list[StudyImage]:
    """Each image once, by prompt set, then by seed, then by prompt: so that every part of a list has many prompts."""
    shown = ComparisonImage.objects.filter(comparison__in=study.comparisons.wanted())
    fields = ("source", "comparison__prompt__prompt_set", "comparison__prompt", "comparison__prompt__text")
    rows = shown.values_list(*fields, "comparison__seed", "condition", "source__file").distinct()
    in_order = ("comparison__prompt__prompt_set", "comparison__seed", "comparison__prompt", "condition")
    return [StudyImage(*row) for row in rows.order_by(*in_order)]


def by_prompt_set(images: list[StudyImage]) -> dict[int, list[StudyImage]]:
    """The images of `images_of` by prompt set, in their order."""
    return {key: list(group) for key, group in groupby(images, key=lambda image: image.prompt_set)}
