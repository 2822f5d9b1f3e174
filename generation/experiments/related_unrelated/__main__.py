"""The related / unrelated study of Koulischer et al. (ICLR 2025), §4.2: λ_t (Figs 5b, 12), CLIP scores (Fig. 6b), Q (Table 4).

Resumable: images are kept in FOLDER/images, and a second call draws only those that are missing.
--offline runs a twin on the bundled model; else name a checkpoint of Stable Diffusion (the paper has Stable Diffusion 2).
"""

import argparse
import sys
from pathlib import Path

from tqdm import tqdm

from analysis.automatic.clip import Clip, load_clip
from analysis.automatic.not_measurable import NotMeasurable
from generation import pretrained
from generation.bundled.world import NotOfThisWorld
from generation.checkpoints import Loaded, load
from generation.denoisers import UnfitSize
from generation.denoisers.memory import OutOfMemory
from generation.devices import UnfitPlacement
from generation.evaluations import UnfitEvaluations
from generation.experiments.pictures import save_numbers
from generation.experiments.related_unrelated.conditions import conditions_of
from generation.experiments.related_unrelated.drawing import Shelf
from generation.experiments.related_unrelated.figures import draw
from generation.experiments.related_unrelated.reading import require_of_this_world, shown
from generation.experiments.related_unrelated.results import Measuring
from generation.experiments.related_unrelated.sheets import draw_sheets
from generation.experiments.related_unrelated.study import OFFLINE, PAPER, BadStudyFile, Study, read_study
from generation.experiments.related_unrelated.table import table
from generation.hub import BUNDLED, CheckpointNotFound, resolve_revision
from generation.pipelines import UnsupportedCheckpoint
from generation.placement import AUTO, DTYPES, Placement
from generation.sampler import NotFinite

CLIP = "openai/clip-vit-large-patch14"  # the paper does not say which
REFUSALS = (
    BadStudyFile,
    CheckpointNotFound,
    UnsupportedCheckpoint,
    UnfitPlacement,
    UnfitSize,
    UnfitEvaluations,
    OutOfMemory,
    NotFinite,
    NotMeasurable,
    NotOfThisWorld,
    pretrained.ModelNotFound,
    OSError,
)


def main(arguments: list[str] | None = None) -> None:
    """Draw what is missing, measure, and write the figures, sheets and numbers."""
    options = _parser().parse_args(arguments)
    try:
        _run(options)
    except REFUSALS as error:
        sys.exit(str(error))


def _run(options: argparse.Namespace) -> None:
    study = read_study(options.study or (OFFLINE if options.offline else PAPER))
    if options.offline:
        require_of_this_world(study)
    clip_name, clip_revision, clip = _clip(options)
    shelf = Shelf(options.out / "images", _checkpoint(options), options.stacked)
    _draw_missing(study, shelf)
    measuring = Measuring(study, shelf, clip.images, shown if options.offline else None)
    results = measuring.results(f"{clip_name} {clip_revision}")
    written = [save_numbers(results, options.out, "results"), *draw(results, options.out), *draw_sheets(measuring, options.out)]
    print(table(results))
    print(*written, sep="\n")


def _clip(options: argparse.Namespace) -> tuple[str, str, Clip]:
    """The CLIP model with its name and revision. Raises ModelNotFound and NotMeasurable."""
    name = options.clip or (pretrained.BUNDLED if options.offline else CLIP)
    revision = pretrained.resolve_revision(pretrained.CLIP, name, options.clip_revision)
    return name, revision, load_clip(pretrained.source_of(pretrained.CLIP, name), revision, options.device)


def _checkpoint(options: argparse.Namespace) -> Loaded:
    """Raises CheckpointNotFound, UnsupportedCheckpoint and UnfitPlacement."""
    name = BUNDLED if options.offline else options.checkpoint
    placement = Placement(device=options.device, dtype=options.dtype)
    return load(name, resolve_revision(name, options.revision), placement)


def _draw_missing(study: Study, shelf: Shelf) -> None:
    """Draw the images that are not kept yet, condition by condition. Raises what the sampler raises."""
    conditions = list(conditions_of(study))
    with tqdm(total=len(conditions) * len(study.seeds), unit="image") as bar:
        for condition in conditions:
            shelf.draw(condition.rows(study, shelf.checkpoint.denoiser.native_size), bar.update)


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError
    return number


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m generation.experiments.related_unrelated", description=__doc__)
    parser.add_argument("--out", type=Path, required=True, metavar="FOLDER", help="where images, figures and numbers go")
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--offline", action="store_true", help="the twin: bundled model, bundled CLIP, prompts of its world")
    which.add_argument("--checkpoint", metavar="NAME", help="a folder, a .safetensors file or a hub name")
    parser.add_argument("--revision", default="", help="of the checkpoint: a commit, branch or tag of the hub")
    parser.add_argument("--study", type=Path, metavar="FILE.yaml", help=f"prompts, negatives and scales; else {PAPER.name}")
    parser.add_argument("--clip", metavar="NAME", help=f"a folder or a hub name; else {CLIP}")
    parser.add_argument("--clip-revision", default="", metavar="REVISION")
    parser.add_argument("--stacked", type=_positive, default=32, help="images drawn at a time")
    parser.add_argument("--device", default=AUTO, help="“auto” is a GPU if there is one")
    parser.add_argument("--dtype", default=AUTO, choices=DTYPES, help="of weights; “auto” is float16 on a GPU")
    return parser


if __name__ == "__main__":
    main()
