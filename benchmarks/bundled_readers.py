"""How well the bundled captioner, CLIP model and classifier read: python -m benchmarks.bundled_readers [--number 1000].

Scenes that nothing was trained on, of all that there is in the world, held-out combinations too; rendered, and as they come
back from the autoencoder, which is how the bundled model draws. Wilson intervals of 95 %.
"""

import argparse
import random
from collections.abc import Iterator, Sequence

import numpy as np
import PIL.Image
import torch
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
from numpy.typing import NDArray
from scipy.stats import binomtest

from analysis.automatic.classifier import load_classifier
from analysis.automatic.clip import load_clip
from generation.bundled.render import Image, render
from generation.bundled.training.captioner import caption_of
from generation.bundled.training.descriptions import SPOILERS, Description, Spoiler, leave_out, spoil, swap_colors
from generation.bundled.training.scenes import draw_any_scene, pixels_of
from generation.bundled.world import Scene
from generation.captioning import captioner_for
from generation.hub import BUNDLED, BUNDLED_FOLDER
from generation.pretrained import CLASSIFIER, CLIP, source_of

HELD_OUT_SEED = 20_000  # of scenes that no model was trained on
MAX_NEW_TOKENS = 50
AT_ONCE = 100
Answers = NDArray[np.bool_]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.bundled_readers", description=__doc__)
    parser.add_argument("--number", type=int, default=1000, help="scenes")
    number = parser.parse_args().number
    draw = random.Random(HELD_OUT_SEED)
    scenes = [draw_any_scene(draw) for _ in range(number)]
    rendered = [render(scene) for scene in scenes]
    for name, images in (("rendered", rendered), ("through the autoencoder", through_the_autoencoder(rendered))):
        print(f"| {name} | right | 95 % interval |\n| --- | --- | --- |")
        for what, answers in measured(scenes, images):
            print(line(what, answers))
        print()


def measured(scenes: Sequence[Scene], images: Sequence[Image]) -> Iterator[tuple[str, Answers]]:
    """What was asked, and whether each answer was right."""
    exact = captions_are_exact(scenes, images)
    counts = np.array([len(scene.entities) for scene in scenes])
    yield "captioner: the caption is exactly that of the scene", exact
    for count in (1, 2, 3):
        yield f"captioner, {count} shape{'s' * (count > 1)}", exact[counts == count]
    yield from clip_prefers_the_truth(scenes, images)
    yield "classifier: its first class is there", first_class_is_there(scenes, images)


def captions_are_exact(scenes: Sequence[Scene], images: Sequence[Image]) -> Answers:
    captioner = captioner_for(BUNDLED)
    batches = [list(images[start : start + AT_ONCE]) for start in range(0, len(images), AT_ONCE)]
    said = [caption for batch in batches for caption in captioner.caption(batch, MAX_NEW_TOKENS)]
    return np.array([caption == caption_of(scene) for caption, scene in zip(said, scenes, strict=True)])


def clip_prefers_the_truth(scenes: Sequence[Scene], images: Sequence[Image]) -> Iterator[tuple[str, Answers]]:
    """Whether the true prompt scores above one that is nearly right, by the way it is wrong; and above those of all others."""
    clip, draw = load_clip(source_of(CLIP, BUNDLED)), random.Random(HELD_OUT_SEED + 1)
    embedded = clip.images([PIL.Image.fromarray(image) for image in images])
    said = [Description(scene.entities, scene.blurry) for scene in scenes]
    texts = np.stack([clip.text(one.text) for one in said])
    own = (embedded * texts).sum(axis=1)
    for way in SPOILERS:
        can = [index for index, scene in enumerate(scenes) if _can_be_spoilt(scene, way)]
        spoilt = np.stack([clip.text(spoil(said[index], scenes[index], draw, [way]).text) for index in can])
        yield f"CLIP: true prompt above one spoilt by {way.__name__}", own[can] > (embedded[can] * spoilt).sum(axis=1)
    yield f"CLIP: own prompt first among {len(scenes)}", (embedded @ texts.T).argmax(axis=1) == np.arange(len(scenes))


def _can_be_spoilt(scene: Scene, way: Spoiler) -> bool:
    """Whether that way makes a scene's prompt wrong: a single shape cannot be left out, nor equal colours be swapped."""
    if way is swap_colors:
        return len({entity.color for entity in scene.entities}) == len({entity.shape for entity in scene.entities}) > 1
    return len(scene.entities) > 1 or way is not leave_out


def first_class_is_there(scenes: Sequence[Scene], images: Sequence[Image]) -> Answers:
    classifier = load_classifier(source_of(CLASSIFIER, BUNDLED))
    probabilities = classifier.see([PIL.Image.fromarray(image) for image in images]).probabilities
    names = [classifier.labels[row] for row in probabilities.argmax(axis=1)]
    there = [{f"{entity.color} {entity.shape}" for entity in scene.entities} for scene in scenes]
    return np.array([name in one for name, one in zip(names, there, strict=True)])


@torch.no_grad()
def through_the_autoencoder(images: Sequence[Image]) -> list[Image]:
    vae = AutoencoderKL.from_pretrained(BUNDLED_FOLDER, subfolder="vae", dtype=torch.float32)
    stacks = [pixels_of(np.stack(images[start : start + AT_ONCE])) for start in range(0, len(images), AT_ONCE)]
    decoded = torch.cat([vae.decode(vae.encode(pixels).latent_dist.mean).sample.clamp(-1, 1) for pixels in stacks])
    return list(((decoded + 1) * 127.5).round().to(torch.uint8).permute(0, 2, 3, 1).numpy())


def line(what: str, answers: Answers) -> str:
    """A line of the table, with the Wilson interval."""
    right, number = int(answers.sum()), len(answers)
    interval = binomtest(right, number).proportion_ci(method="wilson")
    return (
        f"| {what} | {right} of {number}, {100 * right / number:.1f} % | {100 * interval.low:.1f}–{100 * interval.high:.1f} % |"
    )


if __name__ == "__main__":
    main()
