"""The captioner: a small BLIP that says what a picture shows, in the words of the world's prompts."""

from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from transformers import (
    BertTokenizer,
    BlipConfig,
    BlipForConditionalGeneration,
    BlipImageProcessor,
    BlipProcessor,
    BlipTextConfig,
    BlipVisionConfig,
)

from generation.bundled.training.loop import Plan, train
from generation.bundled.training.reading import BATCH, PATCH, PatchReader, Pool, in_bfloat16
from generation.bundled.world import ALL_SHAPES, BLURRY, COLORS, SIZE, Scene, prompt_of

STEPS = 6500
RATE = 1e-3
WIDTH = 128
LAYERS = 4
TEXT_LAYERS = 2
HEADS = 4
MAX_TOKENS = 24
PAD, START, END = "[PAD]", "[CLS]", "[SEP]"
VOCABULARY = (PAD, "[UNK]", START, END, "[MASK]", "a", "an", "and", ",", BLURRY, *COLORS, *ALL_SHAPES)
NO_LABEL = -100  # what the loss leaves out


def new_processor() -> BlipProcessor:
    """Pictures as the captioner takes them, at their own size and scaled to −1..1, and a tokenizer of the world's words."""
    image_processor = BlipImageProcessor(size={"height": SIZE, "width": SIZE}, image_mean=[0.5] * 3, image_std=[0.5] * 3)
    vocabulary = {word: number for number, word in enumerate(VOCABULARY)}
    tokenizer = BertTokenizer(vocab=vocabulary, model_max_length=MAX_TOKENS, clean_up_tokenization_spaces=True)
    return BlipProcessor(image_processor, tokenizer)


def new_captioner() -> BlipForConditionalGeneration:
    """A BLIP whose text decoder looks at the patches of its vision tower."""
    size: dict[str, Any] = {
        "hidden_size": WIDTH,
        "intermediate_size": 4 * WIDTH,
        "num_attention_heads": HEADS,
        "initializer_range": 0.02,
    }
    vision = BlipVisionConfig(image_size=SIZE, patch_size=PATCH, num_hidden_layers=LAYERS, projection_dim=WIDTH, **size)
    ids: dict[str, Any] = {f"{name}_token_id": VOCABULARY.index(word) for name, word in _SPECIAL.items()}
    text = BlipTextConfig(
        vocab_size=len(VOCABULARY),
        encoder_hidden_size=WIDTH,
        projection_dim=WIDTH,
        num_hidden_layers=TEXT_LAYERS,
        max_position_embeddings=2 * MAX_TOKENS,
        **ids,
        **size,
    )
    sizes: dict[str, Any] = {"projection_dim": WIDTH, "image_text_hidden_size": WIDTH}
    return BlipForConditionalGeneration(BlipConfig(text_config=text.to_dict(), vision_config=vision.to_dict(), **sizes))


_SPECIAL = {"bos": START, "eos": END, "sep": END, "pad": PAD}


def caption_of(scene: Scene) -> str:
    """The one caption of a scene: its prompt, entities in the order of their shapes' names, then of their colours'."""
    return prompt_of(tuple(sorted(scene.entities)), scene.blurry)


def train_captioner(folder: Path, pool: Pool, steps: int = STEPS) -> BlipForConditionalGeneration:
    """Train, or go on training, the captioner."""
    torch.manual_seed(0)
    captioner, patches = new_captioner(), PatchReader(WIDTH)
    words = new_processor().tokenizer([caption_of(scene) for scene in pool.scenes], padding=True, return_tensors="pt")

    def loss_of(_step: int) -> Tensor:
        rows = torch.randint(len(pool.scenes), (BATCH,))
        ids, mask = words.input_ids[rows], words.attention_mask[rows]
        labels = ids.masked_fill(mask == 0, NO_LABEL)
        with in_bfloat16():
            said = captioner(pixel_values=pool.pixels(rows), input_ids=ids, attention_mask=mask, labels=labels)
            loss: Tensor = said.loss + patches.loss(said.image_embeds, pool.covered[rows])
        return loss

    train(Plan("captioner", steps, RATE, folder), nn.ModuleDict({"captioner": captioner, "patches": patches}), loss_of)
    return captioner


def save_captioner(work: Path, pool: Pool, folder: Path) -> None:
    """Train, or go on training, the captioner and save it with its processor, at half precision."""
    train_captioner(work, pool).half().save_pretrained(folder)
    new_processor().save_pretrained(folder)
