"""Tiny captioners with random weights in the folder format of transformers, of every kind that captions by itself.

They see nothing, but every part is the real class, saved with its processor as those of the hub are.
"""

from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace
from transformers import (
    Blip2Config,
    Blip2ForConditionalGeneration,
    Blip2Processor,
    BlipConfig,
    BlipForConditionalGeneration,
    BlipProcessor,
    CLIPImageProcessor,
    GitConfig,
    GitForCausalLM,
    GitProcessor,
    GPT2Config,
    PreTrainedTokenizerFast,
    VisionEncoderDecoderConfig,
    VisionEncoderDecoderModel,
    ViTConfig,
)
from transformers.models.blip.image_processing_pil_blip import BlipImageProcessorPil

SIZE, PATCH, WIDTH = 32, 16, 16
QUERIES = 4
SPECIAL = ("[PAD]", "[BOS]", "[EOS]", "[UNK]", "<image>")
WORDS = ("a", "red", "blue", "circle", "star", "and", "blurry", "of", "the", "sky", "texture")
LAYERS: dict[str, Any] = {
    "hidden_size": WIDTH,
    "intermediate_size": WIDTH,
    "num_hidden_layers": 1,
    "num_attention_heads": 2,
}
PIXELS: dict[str, Any] = {"image_size": SIZE, "patch_size": PATCH}
TOKENS: dict[str, Any] = {"vocab_size": len(SPECIAL + WORDS), "pad_token_id": 0, "bos_token_id": 1, "eos_token_id": 2}


def tokenizer() -> PreTrainedTokenizerFast:
    words = Tokenizer(WordLevel({word: number for number, word in enumerate(SPECIAL + WORDS)}, unk_token="[UNK]"))
    words.pre_tokenizer = Whitespace()
    names = dict(zip(("pad_token", "bos_token", "eos_token", "unk_token"), SPECIAL, strict=False))
    return PreTrainedTokenizerFast(tokenizer_object=words, **names)


def image_processor() -> Any:
    return BlipImageProcessorPil(size={"height": SIZE, "width": SIZE})


def build_blip(folder: Path) -> Path:
    """BLIP: a bidirectional-looking decoder that attends to the image."""
    torch.manual_seed(1)
    text = {
        **LAYERS,
        **TOKENS,
        "sep_token_id": 2,
        "encoder_hidden_size": WIDTH,
        "max_position_embeddings": 64,
        "initializer_range": 1.0,
    }
    config = BlipConfig(text_config=text, vision_config={**LAYERS, **PIXELS, "initializer_range": 1.0}, projection_dim=WIDTH)
    BlipForConditionalGeneration(config).save_pretrained(folder)
    BlipProcessor(image_processor(), tokenizer()).save_pretrained(folder)
    return folder


def build_blip2(folder: Path) -> Path:
    """BLIP-2: queries to the image become the prompt of a language model, OPT."""
    torch.manual_seed(1)
    text = {
        "model_type": "opt",
        **LAYERS,
        **TOKENS,
        "ffn_dim": WIDTH,
        "word_embed_proj_dim": WIDTH,
        "max_position_embeddings": 64,
        "init_std": 1.0,
    }
    config = Blip2Config(
        vision_config={**LAYERS, **PIXELS, "initializer_range": 1.0},
        qformer_config={**LAYERS, "vocab_size": len(SPECIAL + WORDS), "encoder_hidden_size": WIDTH, "initializer_range": 1.0},
        text_config=text,
        num_query_tokens=QUERIES,
        image_token_index=SPECIAL.index("<image>"),
    )
    model = Blip2ForConditionalGeneration(config)
    torch.nn.init.normal_(model.query_tokens)
    model.save_pretrained(folder)
    Blip2Processor(image_processor(), tokenizer(), num_query_tokens=QUERIES).save_pretrained(folder)
    return folder


def build_git(folder: Path) -> Path:
    """GIT: one decoder over the patches of the image and the words."""
    torch.manual_seed(1)
    config = GitConfig(
        **LAYERS, **TOKENS, vision_config={**LAYERS, **PIXELS}, max_position_embeddings=64, initializer_range=1.0
    )
    GitForCausalLM(config).save_pretrained(folder)
    GitProcessor(CLIPImageProcessor(size={"shortest_edge": SIZE}, crop_size=SIZE), tokenizer()).save_pretrained(folder)
    return folder


def build_encoder_decoder(folder: Path) -> Path:
    """A vision transformer and GPT-2, which have no processor of their own: two files beside the weights."""
    torch.manual_seed(1)
    vision, text = ViTConfig(**LAYERS, **PIXELS), GPT2Config(n_embd=WIDTH, n_layer=1, n_head=2, initializer_range=1.0, **TOKENS)
    config = VisionEncoderDecoderConfig.from_encoder_decoder_configs(vision, text)
    config.decoder_start_token_id, config.pad_token_id = 1, 0
    VisionEncoderDecoderModel(config).save_pretrained(folder)
    image_processor().save_pretrained(folder)
    tokenizer().save_pretrained(folder)
    return folder
