from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from generation.checkpoints import load
from generation.devices import UnfitPlacement, device_of, dtype_of
from generation.placement import Placement
from generation.sampler import Row, sample, sample_latents
from tests.tiny_families import build_tiny_sdxl

ROW = Row("a red ring and a star", 5, "cfg", {"scale": 7.5}, "ddim", 5, 64)
CPU, GPU = torch.device("cpu"), torch.device("cuda")


def test_without_a_gpu_the_processor_computes_in_full_precision() -> None:
    device = device_of(Placement())
    assert (device, dtype_of(Placement(), device)) == (CPU, torch.float32)


@pytest.mark.parametrize(
    ("dtype", "device", "expected"),
    [("auto", GPU, torch.float16), ("float32", GPU, torch.float32), ("bfloat16", CPU, torch.bfloat16)],
)
def test_types_are_those_of_the_placement(dtype: str, device: torch.device, expected: torch.dtype) -> None:
    assert dtype_of(Placement(dtype=dtype), device) == expected


@pytest.mark.parametrize("device", ["cuda", "cuda:1", "mps"])
def test_a_device_that_is_not_there_is_refused(tiny_folder: Path, device: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    with pytest.raises(UnfitPlacement, match=f"There is no device “{device}” here; set EVALSITE_DEVICE to auto or one of: cpu"):
        load(str(tiny_folder), placement=Placement(device=device))


def test_the_second_of_two_gpus_can_be_named_and_the_third_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    assert device_of(Placement(device="cuda:1")) == torch.device("cuda", 1)
    with pytest.raises(UnfitPlacement, match=r"one of: cpu, cuda:0, cuda:1"):
        device_of(Placement(device="cuda:2"))


def test_both_ways_of_attention_give_the_same_latents(tiny_folder: Path) -> None:
    fused, full = (load(str(tiny_folder), placement=Placement(attention=way)).denoiser for way in ("sdpa", "eager"))
    assert {type(one).__name__ for one in full.unet.attn_processors.values()} == {"AttnProcessor"}
    assert (sample_latents(fused, [ROW]) - sample_latents(full, [ROW])).abs().max() < 1e-4


def test_a_unet_is_compiled_where_the_placement_says_so(tiny_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[bool] = []

    def counting(call: Callable[..., Any], **_how: Any) -> Callable[..., Any]:
        def counted(*inputs: Any, **named: Any) -> Any:
            called.append(True)
            return call(*inputs, **named)

        return counted

    monkeypatch.setattr(torch, "compile", counting)
    compiled = load(str(tiny_folder), placement=Placement(compiled=True)).denoiser
    assert torch.equal(sample_latents(compiled, [ROW]), sample_latents(load(str(tiny_folder)).denoiser, [ROW]))
    assert len(called) == 5


def test_sdxl_in_half_precision_decodes_in_full(tmp_path: Path) -> None:
    loaded = load(str(build_tiny_sdxl(tmp_path)), placement=Placement(dtype="bfloat16"))
    denoiser: Any = loaded.denoiser
    assert (loaded.dtype, denoiser.text_encoder_2.dtype, denoiser.vae.dtype) == (torch.bfloat16, torch.bfloat16, torch.float32)
    (drawn,) = sample(denoiser, [ROW])
    assert drawn.pixels.std() > 0


def test_latents_stay_in_full_precision_when_weights_do_not(tiny_folder: Path) -> None:
    half = load(str(tiny_folder), placement=Placement(dtype="bfloat16")).denoiser
    latents = sample_latents(half, [ROW])
    assert latents.dtype == torch.float32
    assert not torch.equal(latents, latents.bfloat16().float())
