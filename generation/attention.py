"""The cross-attention of a UNet to its prompt, with the gradient that leads back to the latent."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import torch
from torch import Tensor

from generation.denoisers import Conditioning, Denoiser
from generation.methods.rule import Level

CROSS_ATTENTION = "attn2.processor"  # how diffusers ends the names of such layers
Records = Mapping[int, list[Tensor]]


class NoCrossAttention(TypeError):
    """A denoiser that attends to no prompt."""


class UnfitResolution(ValueError):
    """A resolution of which a UNet has no cross-attention."""


def attention_maps(
    denoiser: Denoiser,
    latents: Tensor,
    levels: Sequence[Level],
    conditionings: Sequence[Conditioning],
    resolutions: Sequence[int],
) -> list[Tensor]:
    """Each row's cross-attention, of shape (resolution, resolution, tokens), averaged over layers and heads.

    latents: shape (rows, …), as the denoiser sees them. resolutions: each row's. The UNet's parameters take no gradient, and
    its attention processors are as before afterwards. Raises NoCrossAttention and UnfitResolution.
    """
    layers = {
        name: resolution
        for resolution in set(resolutions)
        for name in require_resolution(denoiser, latents.shape[-1], resolution)
    }
    unet = _unet(denoiser)
    with _eager(), _frozen(unet), _recorded(unet, layers) as records:
        denoiser.predict(latents, levels, conditionings)
        averages = {resolution: _average(maps, resolution, latents) for resolution, maps in records.items()}
    return [averages[resolution][row] for row, resolution in enumerate(resolutions)]


def require_resolution(denoiser: Denoiser, side: int, resolution: int) -> list[str]:
    """The layers whose maps have the resolution, for a latent of that width. Raises NoCrossAttention and UnfitResolution."""
    layers: dict[int, list[str]] = {}
    unet = _unet(denoiser)
    for name in unet.attn_processors:
        if name.endswith(CROSS_ATTENTION):
            layers.setdefault(-(-side // 2 ** _halvings(unet, name)), []).append(name)
    if not layers:
        raise NoCrossAttention("This method needs a UNet that attends to its prompt; this one does not: choose another.")
    if resolution not in layers:
        there = " or ".join(str(one) for one in sorted(layers))
        raise UnfitResolution(f"There is no attention of resolution {resolution} here: set “resolution” to {there}.")
    return layers[resolution]


def _unet(denoiser: Denoiser) -> Any:
    unet = getattr(denoiser, "unet", None)
    if unet is None:
        raise NoCrossAttention(
            f"This method needs a UNet with cross-attention, and {type(denoiser).__name__} has none: choose a checkpoint of "
            "Stable Diffusion, or another method."
        )
    return unet


def _halvings(unet: Any, name: str) -> int:
    """How many times the latent's width was halved on the way to a layer, by the layer's name."""
    deepest = len(unet.config["down_block_types"]) - 1
    block, number, *_ = name.split(".")
    if block == "down_blocks":
        return int(number)
    return deepest - int(number) if block == "up_blocks" else deepest


def _eager() -> AbstractContextManager[None]:
    """No compiled UNet while it lasts: it would be compiled anew for every recorder."""
    stance: AbstractContextManager[None] = torch.compiler.set_stance("force_eager")
    return stance


@contextmanager
def _frozen(unet: Any) -> Iterator[None]:
    """No gradients for the parameters while it lasts, so that the graph leads to the latents alone."""
    learning = [parameter for parameter in unet.parameters() if parameter.requires_grad]
    for parameter in learning:
        parameter.requires_grad_(False)
    try:
        yield
    finally:
        for parameter in learning:
            parameter.requires_grad_(True)


@contextmanager
def _recorded(unet: Any, layers: Mapping[str, int]) -> Iterator[Records]:
    """What the layers attend to while it lasts, by their resolution."""
    records: Records = {resolution: [] for resolution in layers.values()}
    processors = dict(unet.attn_processors)
    recording = {name: _Recorder(processors[name], records[resolution]) for name, resolution in layers.items()}
    try:
        unet.set_attn_processor(processors | recording)
        yield records
    finally:
        unet.set_attn_processor(processors)


class _Recorder:
    """A layer's processor, which also keeps what the layer attends to, of shape (rows, heads, cells, tokens)."""

    def __init__(self, processor: Any, maps: list[Tensor]) -> None:
        self.processor, self.maps = processor, maps

    def __call__(self, attn: Any, hidden_states: Tensor, encoder_hidden_states: Tensor, attention_mask: Any = None) -> Any:
        query = attn.head_to_batch_dim(attn.to_q(hidden_states))
        key = attn.head_to_batch_dim(attn.to_k(encoder_hidden_states))
        self.maps.append(attn.get_attention_scores(query, key).unflatten(0, (len(hidden_states), -1)))
        return self.processor(attn, hidden_states, encoder_hidden_states, attention_mask)


def _average(maps: Sequence[Tensor], resolution: int, like: Tensor) -> Tensor:
    """The mean over layers and heads, shape (rows, resolution, resolution, tokens), as precise as the latents."""
    average = torch.cat(list(maps), dim=1).to(like.dtype).mean(dim=1)
    return average.reshape(len(like), resolution, resolution, -1)
