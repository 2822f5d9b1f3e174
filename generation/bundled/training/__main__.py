"""Train the bundled model from nothing: python -m generation.bundled.training.

Each part is resumable: stop it at any time and start it again. The finished pipeline replaces the weights in the repository.
"""

import argparse
from pathlib import Path

import torch
from diffusers.pipelines.stable_diffusion.pipeline_stable_diffusion import StableDiffusionPipeline
from diffusers.schedulers.scheduling_ddim import DDIMScheduler

from generation.bundled.training.diffusion import SCHEDULER, train_diffusion
from generation.bundled.training.safety import new_feature_extractor, train_safety_checker
from generation.bundled.training.tokenizer import build_tokenizer
from generation.bundled.training.vae import refine_decoder, train_vae
from generation.hub import BUNDLED_FOLDER


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m generation.bundled.training", description=__doc__)
    parser.add_argument("--work", type=Path, default=Path("training-output"), help="where progress is kept")
    parser.add_argument("--out", type=Path, default=BUNDLED_FOLDER, help="where the finished pipeline goes")
    arguments = parser.parse_args()
    pipeline = train_pipeline(arguments.work)
    save(pipeline, arguments.out)
    print(f"The model is in {arguments.out}.")


def save(pipeline: StableDiffusionPipeline, folder: Path) -> None:
    """Save in the ordinary diffusers format, at half precision."""
    pipeline.to(dtype=torch.float16).save_pretrained(folder)
    # Where torchvision is missing, transformers names the class after its fallback, which older versions do not know.
    index = folder / "model_index.json"
    index.write_text(index.read_text().replace("CLIPImageProcessorPil", "CLIPImageProcessor"))


def train_pipeline(work: Path) -> StableDiffusionPipeline:
    """All parts, trained or taken from where an earlier call stopped, as a Stable Diffusion pipeline."""
    tokenizer = build_tokenizer(work / "tokenizer")
    vae = refine_decoder(work, train_vae(work))
    safety_checker = train_safety_checker(work, vae)
    text_encoder, unet = train_diffusion(work, vae, tokenizer)
    return StableDiffusionPipeline(
        vae=vae,
        text_encoder=text_encoder,
        tokenizer=tokenizer,
        unet=unet,
        scheduler=DDIMScheduler(**SCHEDULER),
        safety_checker=safety_checker,
        feature_extractor=new_feature_extractor(),
    )


main()
