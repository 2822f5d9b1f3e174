"""Train the bundled models from nothing: python -m generation.bundled.training [--only captioner].

The pipeline comes first, then the models that read pictures: the captioner, the CLIP model and the classifier, which see some
through the pipeline's autoencoder. Each part is resumable: stop it at any time and start it again. What is finished replaces
the weights in the repository.
"""

import argparse
from pathlib import Path

import torch
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
from diffusers.pipelines.stable_diffusion.pipeline_stable_diffusion import StableDiffusionPipeline
from diffusers.schedulers.scheduling_ddim import DDIMScheduler

from generation.bundled.training.captioner import save_captioner
from generation.bundled.training.classifier import save_classifier
from generation.bundled.training.clip import save_clip
from generation.bundled.training.diffusion import SCHEDULER, train_diffusion
from generation.bundled.training.reading import reading_pool
from generation.bundled.training.safety import new_feature_extractor, train_safety_checker
from generation.bundled.training.tokenizer import build_tokenizer
from generation.bundled.training.vae import refine_decoder, train_vae
from generation.hub import BUNDLED_FOLDER
from generation.pretrained import CAPTIONER, CLASSIFIER, CLIP

PIPELINE = "pipeline"
SAVE_READER = {CAPTIONER: save_captioner, CLIP: save_clip, CLASSIFIER: save_classifier}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m generation.bundled.training", description=__doc__)
    parser.add_argument("--work", type=Path, default=Path("training-output"), help="where progress is kept")
    parser.add_argument("--out", type=Path, default=BUNDLED_FOLDER.parent, help="where the finished models' folders go")
    parser.add_argument("--only", choices=[PIPELINE, *SAVE_READER], help="train this one alone")
    arguments = parser.parse_args()
    chosen = [arguments.only] if arguments.only else [PIPELINE, *SAVE_READER]
    if PIPELINE in chosen:
        save(train_pipeline(arguments.work), arguments.out / BUNDLED_FOLDER.name)
    for kind in chosen:
        if kind in SAVE_READER:
            vae = AutoencoderKL.from_pretrained(arguments.out / BUNDLED_FOLDER.name, subfolder="vae", dtype=torch.float32)
            SAVE_READER[kind](arguments.work, reading_pool(arguments.work, vae), arguments.out / kind)
    print(f"Finished: {', '.join(chosen)}, in {arguments.out}.")


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
