"""The names of weights in the original code of Stable Diffusion, for a UNet whose blocks have one layer each."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from torch import Tensor

UNET, VAE, TEXT = "model.diffusion_model.", "first_stage_model.", "cond_stage_model.transformer.text_model."
ENDS = {
    "time_embedding.linear_1": "time_embed.0",
    "time_embedding.linear_2": "time_embed.2",
    "conv_in": "input_blocks.0.0",
    "conv_norm_out": "out.0",
    "conv_out": "out.2",
}
RESNET = {
    "norm1": "in_layers.0",
    "conv1": "in_layers.2",
    "norm2": "out_layers.0",
    "conv2": "out_layers.3",
    "time_emb_proj": "emb_layers.1",
    "conv_shortcut": "skip_connection",
}
ATTENTION = {"group_norm": "norm", "to_q": "q", "to_k": "k", "to_v": "v", "to_out.0": "proj_out"}
LAYER = re.compile(r"(down_blocks|mid_block|up_blocks)\.?(\d*)\.(\w+)\.(\d+)\.(.*)")

# Where the layers of a block are: layers are counted through all blocks there, two to a block.
PLACES: dict[tuple[str, str], Callable[[int, int], str]] = {
    ("down_blocks", "resnets"): lambda block, layer: f"input_blocks.{2 * block + layer + 1}.0",
    ("down_blocks", "attentions"): lambda block, layer: f"input_blocks.{2 * block + layer + 1}.1",
    ("down_blocks", "downsamplers"): lambda block, _layer: f"input_blocks.{2 * block + 2}.0.op",
    ("mid_block", "resnets"): lambda _block, layer: f"middle_block.{2 * layer}",
    ("mid_block", "attentions"): lambda _block, _layer: "middle_block.1",
    ("up_blocks", "resnets"): lambda block, layer: f"output_blocks.{2 * block + layer}.0",
    ("up_blocks", "attentions"): lambda block, layer: f"output_blocks.{2 * block + layer}.1",
    ("up_blocks", "upsamplers"): lambda block, _layer: f"output_blocks.{2 * block + 1}.2",
}


def weights(pipeline: Any) -> dict[str, Tensor]:
    """All weights of a pipeline of diffusers, under their original names."""
    named = _named(UNET, _unet_name, pipeline.unet.state_dict()) | _named(VAE, _vae_name, pipeline.vae.state_dict())
    return named | _named(TEXT, lambda name: name.removeprefix("text_model."), pipeline.text_encoder.state_dict())


def _named(prefix: str, name_of: Callable[[str], str], state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {prefix + name_of(name): weight.contiguous() for name, weight in state.items()}


def _unet_name(name: str) -> str:
    where, _, end = name.rpartition(".")
    if where in ENDS:
        return f"{ENDS[where]}.{end}"
    if not (found := LAYER.fullmatch(name)):
        raise KeyError(name)
    side, block, kind, layer, rest = found.groups()
    place = PLACES[side, kind](int(block or 0), int(layer))
    return f"{place}.{_replaced(rest, RESNET) if kind == 'resnets' else rest}".replace(".op.conv.", ".op.")


def _vae_name(name: str) -> str:
    blocks = 4
    name = re.sub(r"down_blocks\.(\d+)\.resnets", r"down.\1.block", name)
    name = re.sub(r"down_blocks\.(\d+)\.downsamplers\.0", r"down.\1.downsample", name)
    name = re.sub(r"up_blocks\.(\d+)\.resnets", lambda match: f"up.{blocks - 1 - int(match[1])}.block", name)
    name = re.sub(r"up_blocks\.(\d+)\.upsamplers\.0", lambda match: f"up.{blocks - 1 - int(match[1])}.upsample", name)
    name = re.sub(r"mid_block\.resnets\.(\d+)", lambda match: f"mid.block_{int(match[1]) + 1}", name)
    if "mid_block.attentions.0" in name:
        return _replaced(name.replace("mid_block.attentions.0", "mid.attn_1"), ATTENTION)
    return name.replace("conv_norm_out", "norm_out").replace("conv_shortcut", "nin_shortcut")


def _replaced(name: str, names: Mapping[str, str]) -> str:
    for ours, original in names.items():
        name = name.replace(ours, original)
    return name
