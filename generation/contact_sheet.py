"""A contact sheet: for each prompt, the images of every method (rows) with every seed (columns), under their names."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import PIL.Image
from numpy.typing import NDArray
from PIL.ImageDraw import Draw, ImageDraw
from PIL.ImageFont import load_default

LETTERS = 14  # pixels
LINE, GAP = 20, 6
SMALLEST = 128  # smaller images are shown larger
INK, PAPER = "black", "white"


@dataclass(frozen=True)
class Cell:
    """An image, shape (size, size, 3), and what is to be said of it, if anything."""

    pixels: NDArray[np.uint8]
    remark: str = ""


@dataclass(frozen=True)
class Block:
    """One prompt: the names of its rows and columns, and a cell for each pair of them, row by row."""

    prompt: str
    rows: Sequence[str]
    columns: Sequence[str]
    cells: Sequence[Sequence[Cell]]


def draw(blocks: Sequence[Block]) -> PIL.Image.Image:
    """The blocks below each other, all images enlarged alike by a whole factor."""
    parts = [_drawn(block) for block in blocks]
    sheet = PIL.Image.new("RGB", (max(part.width for part in parts), sum(part.height for part in parts)), PAPER)
    top = 0
    for part in parts:
        sheet.paste(part, (0, top))
        top += part.height
    return sheet


def _drawn(block: Block) -> PIL.Image.Image:
    size = block.cells[0][0].pixels.shape[0]
    shown = size * max(1, -(-SMALLEST // size))
    margin = GAP + round(max(width_of(name) for name in block.rows)) + GAP
    across, down, head = shown + GAP, shown + LINE, GAP + 2 * LINE
    width = max(margin + across * len(block.columns), 2 * GAP + round(width_of(block.prompt)))
    part = PIL.Image.new("RGB", (width, head + down * len(block.rows)), PAPER)
    pen = Draw(part)
    write(pen, (GAP, GAP), block.prompt)
    for column, name in enumerate(block.columns):
        write(pen, (margin + across * column, GAP + LINE), name)
    for row, (name, cells) in enumerate(zip(block.rows, block.cells, strict=True)):
        write(pen, (GAP, head + down * row + shown // 2 - LINE // 2), name)
        for column, cell in enumerate(cells):
            corner = (margin + across * column, head + down * row)
            image = PIL.Image.fromarray(cell.pixels).resize((shown, shown), PIL.Image.Resampling.NEAREST)
            part.paste(image, corner)
            write(pen, (corner[0], corner[1] + shown), cell.remark)
    return part


def width_of(text: str) -> float:
    """How wide a text is written, in pixels."""
    return float(load_default(LETTERS).getlength(text))


def write(pen: ImageDraw, corner: tuple[int, int], text: str) -> None:
    pen.text(corner, text, fill=INK, font=load_default(LETTERS))
