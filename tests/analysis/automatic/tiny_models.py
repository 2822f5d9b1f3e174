"""Tiny models with random weights in folders, as transformers saves them, and an Inception of a few lines as TorchScript."""

import warnings
from pathlib import Path

import torch
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace
from tokenizers.processors import TemplateProcessing
from transformers import (
    CLIPConfig,
    CLIPImageProcessor,
    CLIPModel,
    PreTrainedTokenizerFast,
    ResNetConfig,
    ResNetForImageClassification,
    ViTImageProcessor,
)

WORDS = ("[PAD]", "[UNK]", "a", "red", "blue", "circle", "star", "and", "photo", "of", "[EOS]")
LABELS = ("red circle", "blue star, blue asterisk", "green heart")
SIZE = 16


def save_clip(folder: Path) -> Path:
    """A CLIP model of 8 dimensions whose tokenizer knows a few words."""
    torch.manual_seed(0)
    text = {
        "vocab_size": len(WORDS),
        "hidden_size": 8,
        "intermediate_size": 8,
        "num_hidden_layers": 1,
        "num_attention_heads": 2,
        "max_position_embeddings": 24,
        "eos_token_id": WORDS.index("[EOS]"),
        "bos_token_id": 0,
        "pad_token_id": 0,
    }
    vision = {
        "hidden_size": 8,
        "intermediate_size": 8,
        "num_hidden_layers": 1,
        "num_attention_heads": 2,
        "image_size": SIZE,
        "patch_size": 8,
    }
    CLIPModel(CLIPConfig(text_config=text, vision_config=vision, projection_dim=8)).save_pretrained(folder)
    size = {"height": SIZE, "width": SIZE}
    CLIPImageProcessor(size={"shortest_edge": SIZE}, crop_size=size).save_pretrained(folder)
    _tokenizer().save_pretrained(folder)
    return folder


def _tokenizer() -> PreTrainedTokenizerFast:
    words = Tokenizer(WordLevel({word: number for number, word in enumerate(WORDS)}, unk_token="[UNK]"))
    words.pre_tokenizer = Whitespace()
    words.post_processor = TemplateProcessing(single="$A [EOS]", special_tokens=[("[EOS]", WORDS.index("[EOS]"))])
    return PreTrainedTokenizerFast(
        tokenizer_object=words, pad_token="[PAD]", unk_token="[UNK]", eos_token="[EOS]", model_max_length=24
    )


def save_classifier(folder: Path, labels: tuple[str, ...] = LABELS) -> Path:
    """A ResNet of 8 features and three classes."""
    torch.manual_seed(1)
    config = ResNetConfig(
        embedding_size=4, hidden_sizes=[8], depths=[1], layer_type="basic",
        id2label=dict(enumerate(labels)), label2id={label: number for number, label in enumerate(labels)},
    )  # fmt: skip
    ResNetForImageClassification(config).save_pretrained(folder)
    ViTImageProcessor(size={"height": SIZE, "width": SIZE}).save_pretrained(folder)
    return folder


class TinyInception(torch.nn.Module):
    """The mean of each channel as features; probabilities by a layer whose bias may be left out."""

    def __init__(self) -> None:
        super().__init__()
        self.output = torch.nn.Linear(3, 4)

    def forward(self, img: torch.Tensor, return_features: bool = False, no_output_bias: bool = False) -> torch.Tensor:
        features = img.float().mean(dim=[2, 3]) / 255
        if return_features:
            return features
        logits = features @ self.output.weight.T
        return torch.softmax(logits if no_output_bias else logits + self.output.bias, dim=1)


def save_inception(file: Path) -> Path:
    """The TorchScript file."""
    torch.manual_seed(2)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        torch.jit.script(TinyInception()).save(str(file))
    return file
