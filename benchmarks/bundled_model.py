"""The scores of the bundled model: python -m benchmarks.bundled_model [--number 500] [--contact-sheet FILE.png].

Images by plain classifier-free guidance with 41 evaluations, prompts that were kept out of training, seeds 0, 1, 2, …
unselected; the exact reader decides. It also scores the reader itself and the safety checker, on scenes that nothing was
trained on.
"""

import argparse
import itertools
from collections import Counter
from pathlib import Path

import numpy as np
import PIL.Image
import torch
from tqdm import tqdm

from generation.bundled.reader import Reading, is_correct, read
from generation.bundled.render import Image
from generation.bundled.training.safety import shows_flagged
from generation.bundled.training.scenes import draw_pictures, pixels_of
from generation.bundled.world import NEVER_TRAINED, Scene, entities_of, prompt_of
from generation.checkpoints import Loaded, load
from generation.drawn_prompts import unseen_alike, unseen_combinations
from generation.safety import checker_for
from generation.sampler import Row, sample

SCALE = 4.0
EVALUATIONS = 41
STACKED = 50
HELD_OUT_SEED = 20_000  # of scenes that no part of the model was trained on
PROMPT_SEED = 7


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.bundled_model", description=__doc__)
    parser.add_argument("--number", type=int, default=500, help="images per kind of prompt, and scenes")
    parser.add_argument("--contact-sheet", type=Path, help="write 100 of the images, the first of each kind, to this file")
    options = parser.parse_args()
    checkpoint = load("bundled")
    score_reader(checkpoint, options.number)
    score_safety(checkpoint, options.number)
    shown = [score_model(checkpoint, name, prompts) for name, prompts in held_out_prompts(options.number).items()]
    if options.contact_sheet:
        contact_sheet([*shown[0][:20], *shown[1][:30], *shown[2][:30], *shown[3][:20]]).save(options.contact_sheet)


def score_reader(checkpoint: Loaded, number: int) -> None:
    """How many scenes the reader reads exactly right, rendered and through the autoencoder."""
    scenes, images = draw_pictures(number, HELD_OUT_SEED)
    for name, seen in (("rendered", images), ("through the autoencoder", restored(checkpoint, images))):
        right = sum(is_exact(read(image), scene) for image, scene in zip(seen, scenes, strict=True))
        print(f"reader, {name}: {right} of {number} scenes exactly right ({100 * right / number:.2f} %)")


def is_exact(reading: Reading, scene: Scene) -> bool:
    """Whether a reading is the scene: all its shapes in their colours and nothing else."""
    return reading.told and sorted(reading.entities) == sorted(scene.entities)


def restored(checkpoint: Loaded, images: Image) -> Image:
    """8-bit images through the autoencoder and back, shape (rows, size, size, 3)."""
    batches = []
    with torch.no_grad():
        for start in range(0, len(images), STACKED):
            pixels = pixels_of(images[start : start + STACKED]).to(checkpoint.device, checkpoint.dtype)
            decoded = checkpoint.denoiser.vae.decode(checkpoint.denoiser.vae.encode(pixels).latent_dist.mean).sample
            batches.append(((decoded / 2 + 0.5).clamp(0, 1) * 255).round().to(torch.uint8).permute(0, 2, 3, 1).cpu().numpy())
    return np.concatenate(batches)


def score_safety(checkpoint: Loaded, number: int) -> None:
    """Precision and recall of the safety checker on rendered scenes."""
    scenes, images = draw_pictures(number, HELD_OUT_SEED + 1)
    found = checker_for("", checkpoint).flags(list(images))
    counts = Counter(zip((shows_flagged(scene) for scene in scenes), found, strict=True))
    hits, misses, alarms = counts[True, True], counts[True, False], counts[False, True]
    print(f"safety checker: precision {hits / (hits + alarms):.4f}, recall {hits / (hits + misses):.4f} on {number} scenes")


def score_model(checkpoint: Loaded, name: str, prompts: list[str]) -> list[tuple[str, Image]]:
    """How many images show exactly what their prompt says; the prompts with their images."""
    rows = [Row(prompt, seed, "cfg", {"scale": SCALE}, "ddim", EVALUATIONS, 64) for seed, prompt in enumerate(prompts)]
    images: list[Image] = []
    for start in tqdm(range(0, len(rows), STACKED), desc=name):
        images += [drawn.pixels for drawn in sample(checkpoint.denoiser, rows[start : start + STACKED])]
    outcomes = Counter(outcome(read(image), prompt) for image, prompt in zip(images, prompts, strict=True))
    told = ", ".join(f"{name} {times}" for name, times in outcomes.most_common())
    print(f"model, {name}: {outcomes['right']} of {len(rows)} right ({100 * outcomes['right'] / len(rows):.1f} %): {told}")
    return list(zip(prompts, images, strict=True))


def held_out_prompts(number: int) -> dict[str, list[str]]:
    """So many prompts of each kind that were kept out of training: shapes in colours never seen at all (one shape), or
    combinations never seen together."""
    single = itertools.islice(itertools.cycle((entity,) for entity in sorted(NEVER_TRAINED)), number)
    drawn = {
        "one shape": single,
        "two shapes": unseen_combinations(2, number, PROMPT_SEED),
        "three shapes": unseen_combinations(3, number, PROMPT_SEED),
        "three alike": unseen_alike(number, PROMPT_SEED),
    }
    return {name: [prompt_of(entities) for entities in combinations] for name, combinations in drawn.items()}


def outcome(reading: Reading, prompt: str) -> str:
    """In what way an image fails its prompt, or “right”."""
    if is_correct(reading, prompt):
        return "right"
    if not reading.told:
        return "cannot tell"
    wanted, seen = entities_of(prompt), reading.entities
    if len(seen) != len(wanted):
        return "shape forgotten" if len(seen) < len(wanted) else "shape too many"
    if sorted(e.shape for e in seen) != sorted(e.shape for e in wanted):
        return "wrong shape"
    swapped = sorted(str(e.color) for e in seen) == sorted(str(e.color) for e in wanted)
    return "colours swapped" if swapped else "wrong colour"


def contact_sheet(shown: list[tuple[str, Image]]) -> PIL.Image.Image:
    """Images in rows of ten, at twice their size."""
    rows = [np.hstack([image for _, image in shown[i : i + 10]]) for i in range(0, len(shown), 10)]
    sheet = PIL.Image.fromarray(np.vstack(rows))
    for i, (prompt, image) in enumerate(shown):
        seen = ", ".join(entity.phrase() for entity in read(image).entities)
        print(f"row {i // 10 + 1}, column {i % 10 + 1}: {prompt} → {seen}: {outcome(read(image), prompt)}")
    return sheet.resize((2 * sheet.width, 2 * sheet.height), PIL.Image.Resampling.NEAREST)


if __name__ == "__main__":
    main()
