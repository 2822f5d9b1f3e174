"""A placement carried out: which device and type it means on this machine, and how a UNet computes."""

import torch
from diffusers.models.attention_processor import AttnProcessor, AttnProcessor2_0
from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel

from generation.placement import AUTO, Placement

# diffusers' set_attention_backend does not reach UNets: their layers have processors, one for each way to compute.
PROCESSORS: dict[str, type[AttnProcessor | AttnProcessor2_0]] = {"sdpa": AttnProcessor2_0, "eager": AttnProcessor}


class UnfitPlacement(ValueError):
    """A placement that this machine cannot carry out."""


def device_of(placement: Placement) -> torch.device:
    """The device that a placement means here. Raises UnfitPlacement."""
    if placement.device == AUTO:
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    device = torch.device(placement.device)
    there = _devices()
    if device.type not in {one.type for one in there} or (device.index or 0) >= sum(one.type == device.type for one in there):
        named = ", ".join(str(one) for one in there)
        raise UnfitPlacement(f"There is no device “{device}” here; set EVALSITE_DEVICE to auto or one of: {named}.")
    return device


def _devices() -> list[torch.device]:
    gpus = [torch.device("cuda", index) for index in range(torch.cuda.device_count())]
    apple = [torch.device("mps")] if torch.backends.mps.is_available() else []
    return [torch.device("cpu"), *gpus, *apple]


def dtype_of(placement: Placement, device: torch.device) -> torch.dtype:
    """The type of a placement's weights: unless it says which, half precision on a GPU, float32 on a CPU."""
    if placement.dtype == AUTO:
        return torch.float32 if device.type == "cpu" else torch.float16
    dtype: torch.dtype = getattr(torch, placement.dtype)
    return dtype


def prepare(unet: UNet2DConditionModel, placement: Placement) -> None:
    """Let a UNet compute attention as the placement says, and compile it if it says so."""
    unet.set_attn_processor(PROCESSORS[placement.attention]())
    if placement.compiled:
        unet.compile()
