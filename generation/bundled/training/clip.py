"""The CLIP model of the bundled world: how well a text fits a picture, as the cosine of two embeddings."""

import random
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional
from transformers import (
    CLIPConfig,
    CLIPImageProcessor,
    CLIPModel,
    CLIPProcessor,
    CLIPTextConfig,
    CLIPTokenizer,
    CLIPVisionConfig,
)

from generation.bundled.training.descriptions import Description, describe, spoil
from generation.bundled.training.loop import Plan, train
from generation.bundled.training.reading import BATCH, PATCH, PatchReader, Pool, in_bfloat16
from generation.bundled.training.tokenizer import MAX_TOKENS, build_tokenizer
from generation.bundled.world import SIZE, Scene

STEPS = 3000
RATE = 1e-3
WIDTH = 96
LAYERS = 4
TEXT_WIDTH = 64
TEXT_LAYERS = 2
HEADS = 4
TEMPLATES = "prompt_templates.txt", "{}\n"  # the file in which a score looks for them: prompts stand for themselves here
SPOILT = 2  # descriptions of each picture that are nearly right, beside those of the other pictures


def new_clip(tokenizer: CLIPTokenizer) -> CLIPModel:
    """A CLIP model for the world's pictures and the bundled tokenizer's words."""
    vision = CLIPVisionConfig(
        image_size=SIZE,
        patch_size=PATCH,
        hidden_size=WIDTH,
        intermediate_size=4 * WIDTH,
        num_hidden_layers=LAYERS,
        num_attention_heads=HEADS,
        projection_dim=WIDTH,
    )
    text = CLIPTextConfig(
        vocab_size=len(tokenizer),
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
        max_position_embeddings=MAX_TOKENS,
        hidden_size=TEXT_WIDTH,
        intermediate_size=4 * TEXT_WIDTH,
        num_hidden_layers=TEXT_LAYERS,
        num_attention_heads=HEADS,
        projection_dim=WIDTH,
    )
    return CLIPModel(CLIPConfig(text_config=text.to_dict(), vision_config=vision.to_dict(), projection_dim=WIDTH))


def new_processor(tokenizer: CLIPTokenizer) -> CLIPProcessor:
    """Pictures as the model takes them, at their own size and scaled to −1..1, with the bundled tokenizer."""
    sizes: dict[str, Any] = {"size": {"shortest_edge": SIZE}, "crop_size": SIZE}
    return CLIPProcessor(CLIPImageProcessor(**sizes, image_mean=[0.5] * 3, image_std=[0.5] * 3), tokenizer)


def train_clip(folder: Path, pool: Pool, tokenizer: CLIPTokenizer, steps: int = STEPS) -> CLIPModel:
    """Train, or go on training, the CLIP model by contrast with other pictures' descriptions and with nearly right ones."""
    torch.manual_seed(0)
    clip, patches = new_clip(tokenizer), PatchReader(WIDTH)

    def loss_of(step: int) -> Tensor:
        rows, draw = torch.randint(len(pool.scenes), (BATCH,)), random.Random(step)
        scenes = [pool.scenes[row] for row in rows]
        said = [describe(scene, draw) for scene in scenes]
        spoilt = [spoil(one, scene, draw) for one, scene in zip(said, scenes, strict=True) for _ in range(SPOILT)]
        with in_bfloat16():
            seen = clip.vision_model(pool.pixels(rows))
            lesson = patches.loss(seen.last_hidden_state, pool.covered[rows])
            images, texts = clip.visual_projection(seen.pooler_output), embed(clip, tokenizer, said + spoilt)
        return lesson + contrast(images.float(), texts.float(), true_beside(said, scenes), clip.logit_scale.exp())

    train(Plan("clip", steps, RATE, folder), nn.ModuleDict({"clip": clip, "patches": patches}), loss_of)
    return clip


def embed(clip: CLIPModel, tokenizer: CLIPTokenizer, said: list[Description]) -> Tensor:
    """The embeddings of descriptions, (rows, WIDTH), not yet of length one."""
    tokens = tokenizer([one.text for one in said], padding=True, return_tensors="pt")
    embedded: Tensor = clip.text_projection(clip.text_model(**tokens).pooler_output)
    return embedded


def true_beside(said: list[Description], scenes: list[Scene]) -> Tensor:
    """Which descriptions (columns) are true of which other scene (rows): these are no examples of wrong ones."""
    true = torch.tensor([[one.is_true_of(scene) for one in said] for scene in scenes])
    return true.fill_diagonal_(False)


def contrast(images: Tensor, texts: Tensor, left_out: Tensor, scale: Tensor) -> Tensor:
    """The loss of CLIP (Radford et al. 2021, Figure 3), with SPOILT texts more for each picture to be told from its own.

    images: (rows, width); texts: first the pictures' own (rows, width), then the spoilt ones, those of a picture together.
    """
    images, texts = functional.normalize(images), functional.normalize(texts)
    own, spoilt = texts[: len(images)], texts[len(images) :].reshape(len(images), -1, texts.shape[-1])
    among = (scale * images @ own.T).masked_fill(left_out, -torch.inf)
    against = scale * (images[:, None] * spoilt).sum(-1)
    target = torch.arange(len(images))
    of_images = functional.cross_entropy(torch.cat([among, against], dim=1), target)
    return of_images + functional.cross_entropy(among.T, target)


def save_clip(work: Path, pool: Pool, folder: Path) -> None:
    """Train, or go on training, the CLIP model and save it with its processor, at half precision."""
    tokenizer = build_tokenizer(work / "tokenizer")
    train_clip(work, pool, tokenizer).half().save_pretrained(folder)
    new_processor(tokenizer).save_pretrained(folder)
    (folder / TEMPLATES[0]).write_text(TEMPLATES[1])
