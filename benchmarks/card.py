"""What a card can do, and how much of it is used: measured matrix peak, FLOPs of a UNet, peak memory."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch.utils.flop_counter import FlopCounterMode

from generation.denoisers.stable_diffusion import StableDiffusion
from generation.methods.rule import Level

MATRIX = {"cuda": 8192, "cpu": 512}  # rows of the square matrices whose product measures the peak
PRODUCTS = 50
GIB = 2**30


class Card:
    """The device of a denoiser; on a CPU there is no peak memory to tell."""

    def __init__(self, denoiser: StableDiffusion) -> None:
        self.device = denoiser.device
        self.dtype = denoiser.unet.dtype
        self.peak = matrix_peak(self.device, self.dtype)
        self.flops = flops_per_evaluation(denoiser)

    def told(self, evaluations: float, seconds: float) -> str:
        """The share of the peak that an image of so many evaluations in so many seconds uses."""
        used = self.flops * evaluations / seconds
        return (
            f"{evaluations:.1f} UNet evaluations an image of {self.flops / 1e9:.1f} GFLOP each: {used / 1e12:.2f} TFLOP/s, "
            f"{100 * used / self.peak:.0f} % of the {self.peak / 1e12:.2f} TFLOP/s of a large product in {self.dtype}"
        )

    def reset_peak_memory(self) -> None:
        if self.device.type == "cuda":
            torch.cuda.reset_peak_memory_stats(self.device)

    def peak_memory(self) -> str:
        """Told since the last reset."""
        if self.device.type != "cuda":
            return ""
        return f", peak memory {torch.cuda.max_memory_allocated(self.device) / GIB:.1f} GiB"


def matrix_peak(device: torch.device, dtype: torch.dtype) -> float:
    """FLOP/s of products of large square matrices."""
    size = MATRIX[device.type]
    a, b = (torch.randn(size, size, device=device, dtype=dtype) for _ in range(2))
    (a @ b).sum().item()  # the first one does not count
    start = time.perf_counter()
    for _ in range(PRODUCTS):
        product = a @ b
    product.sum().item()  # waits for a GPU
    return PRODUCTS * 2 * size**3 / (time.perf_counter() - start)


def flops_per_evaluation(denoiser: StableDiffusion) -> float:
    """FLOPs of the UNet for one latent under one text."""
    latents = torch.zeros(1, *denoiser.latent_shape(denoiser.native_size), device=denoiser.device)
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        states = denoiser.encode([""])[""]
        before = counter.get_total_flops()
        denoiser.predict(latents, [Level(1, 0.5)], [states])
    return float(counter.get_total_flops() - before)


@contextmanager
def watch_evaluations(unet: Any) -> Iterator[list[int]]:
    """How many latents each call of the UNet evaluates, as they come."""
    seen: list[int] = []
    hook = unet.register_forward_pre_hook(lambda _unet, inputs: seen.append(len(inputs[0])))
    yield seen
    hook.remove()
