"""The images that generated ones are compared with for FID: a folder of real ones, or rendered scenes of the bundled world."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import PIL.Image

from analysis.automatic.not_measurable import NotMeasurable
from analysis.web.study_images import StudyImage
from generation.bundled.render import render
from generation.bundled.world import COLORS, Entity, NotOfThisWorld, entities_of, place

SUFFIXES = {".png", ".jpg", ".jpeg", ".webp"}
SCENES = 4  # rendered for each prompt and seed
NO_REFERENCE = (
    "FID compares with real images, and the site knows none for these prompts: put some thousands of the kind that the prompts "
    "ask for (of COCO's val2017, say) into a folder, and set EVALSITE_FID_REFERENCE to it."
)


@dataclass(frozen=True)
class Reference:
    """What there is to compare with: files, or prompts with seeds to be rendered. words: what these images are."""

    files: tuple[Path, ...]
    scenes: tuple[tuple[str, int], ...]
    words: str

    def images(self) -> Iterator[PIL.Image.Image]:
        """One by one, as they may be many; rendered ones are the same each time."""
        for file in self.files:
            with PIL.Image.open(file) as image:
                yield image.convert("RGB")
        yield from (_rendered(prompt, seed, number) for prompt, seed in self.scenes for number in range(SCENES))


def reference_for(folder: str, images: Sequence[StudyImage]) -> Reference:
    """For images of one prompt set. Raises NotMeasurable where there is no folder, and the prompts are of another world."""
    if folder:
        files = _files(Path(folder))
        return Reference(files, (), f"{len(files)} images of {Path(folder).name}")
    pairs = tuple(dict.fromkeys((image.text, image.seed) for image in images))
    try:
        for prompt, _seed in pairs:
            entities_of(prompt)
    except NotOfThisWorld as error:
        raise NotMeasurable(NO_REFERENCE) from error
    return Reference((), pairs, f"{SCENES * len(pairs)} rendered scenes of the prompts")


def _files(folder: Path) -> tuple[Path, ...]:
    files = tuple(sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES))
    if len(files) < 2:
        raise NotMeasurable(f"There are no images in {folder}, which EVALSITE_FID_REFERENCE names. {NO_REFERENCE}")
    return files


def _rendered(prompt: str, seed: int, number: int) -> PIL.Image.Image:
    draw = random.Random(f"{prompt} {seed} {number}")
    entities = tuple(Entity(each.shape, each.color or draw.choice(tuple(COLORS))) for each in entities_of(prompt))
    return PIL.Image.fromarray(render(place(entities, draw)))
