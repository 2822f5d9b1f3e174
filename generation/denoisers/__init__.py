"""What predicts noise: Stable Diffusion's UNets, a pair of class models, an analytic Gaussian mixture.

The sampler and the rules know this interface alone, so that the same code runs on all of them. Every denoiser predicts ε,
whatever its network was trained to predict.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol, TypeAlias, runtime_checkable

import torch
from torch import Tensor

from generation.methods.rule import Level

Conditioning: TypeAlias = Any  # what a denoiser makes of a text; its own business


class UnfitSize(ValueError):
    """A size of images that a denoiser cannot make."""


class Denoiser(Protocol):
    """Predicts the noise in latents."""

    @property
    def scheduler_config(self) -> Mapping[str, Any]:
        """The noise levels that it was trained on, as diffusers' schedulers take them."""

    @property
    def device(self) -> torch.device:
        """Where latents are to be."""

    @property
    def precision(self) -> torch.dtype:
        """The type of latents and of predictions."""

    def latent_shape(self, size: int) -> tuple[int, ...]:
        """The shape of the latent of an image of that width and height, in pixels. Raises UnfitSize."""

    def encode(self, texts: Sequence[str]) -> Mapping[str, Conditioning]:
        """What each text means to `predict`."""

    def predict(self, latents: Tensor, levels: Sequence[Level], conditionings: Sequence[Conditioning]) -> Tensor:
        """The noise ε in each latent, of their shape (rows, …), each row at its own level under its own conditioning."""


@runtime_checkable
class LatentDenoiser(Denoiser, Protocol):
    """A denoiser of latents that stand for images."""

    @property
    def native_size(self) -> int:
        """Width and height, in pixels, of the images that it was made for."""

    def decode(self, latents: Tensor, on_row: Callable[[], object]) -> Tensor:
        """Pixels in 0..1 in float32, shape (rows, 3, height, width); on_row is called after every row."""
