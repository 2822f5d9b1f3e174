"""The CLIP tokenizer of the bundled world: one token for each of its words, letters for all others."""

import json
from pathlib import Path

from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import CLIPTokenizer

from generation.bundled.world import ALL_SHAPES, BLURRY, COLORS

START, END = "<|startoftext|>", "<|endoftext|>"
MAX_TOKENS = 24
WORDS = ("a", "an", "and", ",", BLURRY, *COLORS, *ALL_SHAPES)


def build_tokenizer(folder: Path) -> CLIPTokenizer:
    """Learn the merges that give each word of the world a token of its own and save them in CLIP's files.

    The merges are learned by byte-pair encoding on the words themselves, in the order in which encoding will apply them, so
    no word's merges can cut another's.
    """
    bpe = Tokenizer(models.BPE(end_of_word_suffix="</w>"))
    bpe.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    bpe.decoder = decoders.BPEDecoder(suffix="</w>")
    trainer = trainers.BpeTrainer(
        vocab_size=10_000, min_frequency=1, end_of_word_suffix="</w>", initial_alphabet=_alphabet(), show_progress=False
    )
    bpe.train_from_iterator(WORDS, trainer)
    merges = [tuple(merge) for merge in json.loads(bpe.to_str())["model"]["merges"]]
    letters = [letter + suffix for suffix in ("", "</w>") for letter in sorted(_alphabet())]
    tokens = [*letters, *("".join(merge) for merge in merges), START, END]
    vocabulary = {token: number for number, token in enumerate(dict.fromkeys(tokens))}
    tokenizer = CLIPTokenizer(vocab=vocabulary, merges=merges, model_max_length=MAX_TOKENS)  # type: ignore[arg-type]
    tokenizer.save_pretrained(folder)
    # transformers before version 5 reads these two files instead of tokenizer.json
    (folder / "vocab.json").write_text(json.dumps(vocabulary, ensure_ascii=False))
    (folder / "merges.txt").write_text("\n".join(["#version: 0.2", *(" ".join(merge) for merge in merges)]) + "\n")
    return tokenizer


def _alphabet() -> list[str]:
    return pre_tokenizers.ByteLevel.alphabet()
