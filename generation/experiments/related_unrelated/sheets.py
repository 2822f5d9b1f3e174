"""Sheets of the images themselves: all methods on some seeds (Figs 16–20), and rising scales on one seed (Figs 21–23)."""

from pathlib import Path

import PIL.Image

from generation.contact_sheet import Block, Cell, draw
from generation.experiments.related_unrelated.conditions import DNG, NEGATIVES, NP, RELATED, UNGUIDED, UNRELATED, Condition
from generation.experiments.related_unrelated.results import Measuring
from generation.experiments.related_unrelated.study import Prompt

SHOWN = 8  # seeds
QUALITY = 95  # of the pictures in a PDF


def draw_sheets(measuring: Measuring, folder: Path) -> list[Path]:
    """Write both sheets as PNG and PDF; return their paths. Raises OSError."""
    prompts = measuring.study.prompts
    examples = draw([_examples(measuring, prompt) for prompt in prompts])
    scales = draw([_scales(measuring, prompt) for prompt in prompts])
    return [*_save(examples, folder, "examples"), *_save(scales, folder, "scales")]


def _examples(measuring: Measuring, prompt: Prompt) -> Block:
    """Without a negative, and with either by NP and DNG, at the scales that the prompt names."""
    conditions = {UNGUIDED: Condition(prompt, UNGUIDED)}
    conditions |= {
        f"{method}, {negative}": Condition(prompt, method, negative, 1.0) for negative in NEGATIVES for method in (NP, DNG)
    }
    seeds = measuring.study.seeds[:SHOWN]
    cells = [[Cell(kept.pixels) for kept in measuring.kept(each)[: len(seeds)]] for each in conditions.values()]
    return Block(_title(prompt), list(conditions), [f"seed {seed}" for seed in seeds], cells)


def _scales(measuring: Measuring, prompt: Prompt) -> Block:
    """The first seed: without a negative at the left, then at every factor of the scales."""
    unguided = Cell(measuring.kept(Condition(prompt, UNGUIDED))[0].pixels)
    lines = {f"{method}, {negative}": (method, negative) for negative in (RELATED, UNRELATED) for method in (DNG, NP)}
    factors = measuring.study.factors
    cells = [
        [unguided, *(Cell(measuring.kept(Condition(prompt, *line, factor))[0].pixels) for factor in factors)]
        for line in lines.values()
    ]
    return Block(_title(prompt), list(lines), [UNGUIDED, *(f"{factor:g} × scale" for factor in factors)], cells)


def _title(prompt: Prompt) -> str:
    return f"{prompt.text} | related: {prompt.related} | unrelated: {prompt.unrelated}"


def _save(sheet: PIL.Image.Image, folder: Path, name: str) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    png, pdf = folder / f"{name}.png", folder / f"{name}.pdf"
    sheet.save(png)
    sheet.save(pdf, creationDate=None, modDate=None, quality=QUALITY)
    return [png, pdf]
