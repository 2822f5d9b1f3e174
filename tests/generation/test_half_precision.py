"""Half precision: a UNet in bfloat16 under latents in float32, with every kind of rule stacked."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import Tensor

from generation.checkpoints import load
from generation.placement import Placement
from generation.sampler import Row, sample_latents
from tests.rows import row

RED = "a red ring and a star"
ROWS = [
    row("attend_and_excite", RED, refine=False, step_size=100),
    row("syngen", RED, step_size=100),
    *(row(method, RED) for method in ("dng", "answer", "sld")),
]
EULER = [replace(one, scheduler="euler") for one in ROWS if one.method != "dng"]


def latents(folder: Path, dtype: str, rows: list[Row]) -> Tensor:
    return sample_latents(load(str(folder), placement=Placement(device="cpu", dtype=dtype)).denoiser, rows)


@pytest.mark.parametrize("rows", [ROWS, EULER], ids=["ddpm and ddim", "euler"])
def test_stacked_rules_are_near_those_in_full_precision(tiny_folder: Path, rows: list[Row]) -> None:
    half, full = (latents(tiny_folder, dtype, rows) for dtype in ("bfloat16", "float32"))
    off = (half - full).flatten(1).norm(dim=1) / full.flatten(1).norm(dim=1)
    assert half.dtype == torch.float32
    assert half.isfinite().all()
    assert off.min() > 0
    assert off.max() < 0.1, off  # bfloat16 keeps 8 bits: 0.4 % a number
