"""How well the bundled captioner, CLIP model and classifier read: python -m benchmarks.bundled_readers [--number 1000]

Scenes of all combinations that no training has seen, rendered, and the same through the bundled autoencoder; each model as the
product loads it. Wilson intervals of 95 %.
"""

import argparse
import random
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import PIL.Image
from numpy.typing import NDArray
from scipy.stats import binomtest

from analysis.automatic.classifier import load_classifier
from analysis.automatic.clip import Clip, load_clip
from benchmarks.bundled_model import restored
from generation.bundled.render import Image, render
from generation.bundled.training.captioner import MAX_TOKENS, caption_of
from generation.bundled.training.classifier import CLASSES
from generation.bundled.training.descriptions import Description, Spoiler, leave_out, recolor, reshape, spoil, swap_colors
from generation.bundled.training.scenes import draw_any_scene
from generation.bundled.world import Scene, is_held_out
from generation.captioning import captioner_for
from generation.checkpoints import load
from generation.hub import BUNDLED
from generation.pretrained import CLASSIFIER, CLIP, source_of

SCENES_SEED = 20_010
TEXTS_SEED = 20_011
SPOILT = 10  # nearly right prompts beside the true one in retrieval
WAYS: dict[str, Spoiler] = {
    "a colour that is not there": recolor,
    "a shape that is not there": reshape,
    "colours swapped": swap_colors,
    "one entity less": leave_out,
}
Hits = NDArray[np.bool_]


@dataclass(frozen=True)
class Seen:
    """Scenes and their pictures, as one kind of picture shows them."""

    name: str
    scenes: list[Scene]
    images: Image


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.bundled_readers", description=__doc__)
    parser.add_argument("--number", type=int, default=1000, help="scenes")
    number = parser.parse_args().number
    print("| model | pictures | what | right | share | 95 % interval |\n| --- | --- | --- | ---: | ---: | --- |")
    for seen in pictures(number):
        score_captioner(seen)
        score_clip(seen)
        score_classifier(seen)


def pictures(number: int) -> list[Seen]:
    """So many fresh scenes, rendered and through the autoencoder."""
    draw = random.Random(SCENES_SEED)
    scenes = [draw_any_scene(draw) for _ in range(number)]
    images = np.stack([render(scene) for scene in scenes])
    return [Seen("rendered", scenes, images), Seen("through the autoencoder", scenes, restored(load(BUNDLED), images))]


def score_captioner(seen: Seen) -> None:
    """How many captions are the scene's own, word for word."""
    captions = captioner_for(BUNDLED).caption(list(seen.images), MAX_TOKENS)
    hits = np.array([caption == caption_of(scene) for caption, scene in zip(captions, seen.scenes, strict=True)])
    count = np.array([len(scene.entities) for scene in seen.scenes])
    tell("captioner", seen.name, "caption exactly right", hits)
    for entities in (1, 2, 3):
        tell("captioner", seen.name, f"… of {entities} entit{'y' if entities == 1 else 'ies'}", hits[count == entities])
    tell("captioner", seen.name, "… blurry", hits[[scene.blurry for scene in seen.scenes]])
    held_out = np.array([is_held_out(scene.entities) for scene in seen.scenes])
    tell("captioner", seen.name, "… combinations kept from the generator", hits[held_out])


def score_clip(seen: Seen) -> None:
    """How often the cosine of picture and true prompt exceeds that with nearly right ones."""
    clip, draw = load_clip(source_of(CLIP, BUNDLED)), random.Random(TEXTS_SEED)
    embedded = clip.images([PIL.Image.fromarray(image) for image in seen.images])
    said = [Description(tuple(draw.sample(scene.entities, len(scene.entities))), scene.blurry) for scene in seen.scenes]
    spoilt = [[spoil(one, scene, draw) for _ in range(SPOILT)] for one, scene in zip(said, seen.scenes, strict=True)]
    tell("CLIP", seen.name, f"true prompt first among {SPOILT} nearly right ones", first(clip, embedded, said, spoilt))
    for name, way in WAYS.items():
        rows = [row for row, one in enumerate(said) if can_spoil(one, way)]
        nearly = [[spoil(said[row], seen.scenes[row], draw, [way])] for row in rows]
        tell("CLIP", seen.name, f"true prompt above {name}", first(clip, embedded[rows], [said[row] for row in rows], nearly))
    halves = [Description(said[row].entities[:1]) for row in range(len(said))]
    nearly = [[spoil(half, scene, draw, [recolor, reshape])] for half, scene in zip(halves, seen.scenes, strict=True)]
    tell("CLIP", seen.name, "one entity alone above one that is not there", first(clip, embedded, halves, nearly))


def can_spoil(said: Description, way: Spoiler) -> bool:
    """Whether a way makes this description worse at all."""
    if way is leave_out:
        return len(said.entities) > 1
    several = len({e.shape for e in said.entities}) > 1 and len({e.color for e in said.entities}) > 1
    return several or way is not swap_colors


def first(
    clip: Clip, images: NDArray[np.float64], said: Sequence[Description], spoilt: Sequence[Sequence[Description]]
) -> Hits:
    """Of each picture, whether its description has a higher cosine than all spoilt ones."""
    best = []
    for image, one, others in zip(images, said, spoilt, strict=True):
        scores = [float(image @ clip.text(text)) for text in dict.fromkeys([one.text, *(other.text for other in others)])]
        best.append(scores[0] > max(scores[1:]))
    return np.array(best)


def score_classifier(seen: Seen) -> None:
    """How often the most probable classes are there."""
    probabilities = load_classifier(source_of(CLASSIFIER, BUNDLED)).see([PIL.Image.fromarray(i) for i in seen.images])
    ranked = np.argsort(-probabilities.probabilities, axis=1)
    there = [{CLASSES.index(f"{e.color} {e.shape}") for e in scene.entities} for scene in seen.scenes]
    top = [row[0] in classes for row, classes in zip(ranked, there, strict=True)]
    tops = [set(row[: len(classes)]) == classes for row, classes in zip(ranked, there, strict=True)]
    tell("classifier", seen.name, "most probable class is there", np.array(top))
    tell("classifier", seen.name, "all that is there, and nothing else, most probable", np.array(tops))


def tell(model: str, pictures: str, what: str, hits: Hits) -> None:
    """Print a line of the table."""
    interval = binomtest(int(hits.sum()), len(hits)).proportion_ci(method="wilson")
    bounds = f"{100 * interval.low:.1f}–{100 * interval.high:.1f} %"
    print(f"| {model} | {pictures} | {what} | {hits.sum()} of {len(hits)} | {100 * hits.mean():.1f} % | {bounds} |", flush=True)


if __name__ == "__main__":
    main()
