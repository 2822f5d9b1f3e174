"""Models with random weights, for measuring how fast they are where no checkpoint can be had."""

from dataclasses import dataclass
from typing import Any

import torch
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel
from diffusers.schedulers.scheduling_ddim import DDIMScheduler
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer

from generation.denoisers.stable_diffusion import StableDiffusion
from generation.hub import BUNDLED, source_of

TOKENS = 77


@dataclass(frozen=True)
class Sizes:
    """Width and layers of the text encoder, and what the UNet has other than diffusers' defaults."""

    width: int
    layers: int
    unet: dict[str, Any]


# The UNet's defaults in diffusers are those of SD 1.4, but for the widths of text and of attention heads.
SIZES = {
    "sd14": Sizes(768, 12, {"sample_size": 64, "attention_head_dim": 8}),
    "tiny": Sizes(
        32, 2, {"sample_size": 8, "attention_head_dim": 4, "block_out_channels": (32, 32, 64, 64), "norm_num_groups": 8}
    ),
}


def random_model(name: str, dtype: torch.dtype = torch.bfloat16) -> StableDiffusion:
    """A Stable Diffusion of random weights in one of SIZES, the same ones every time, on the GPU if there is one."""
    sizes = SIZES[name]
    folder = source_of(BUNDLED)
    tokenizer = CLIPTokenizer.from_pretrained(folder, subfolder="tokenizer", model_max_length=TOKENS)
    torch.manual_seed(0)
    with torch.device("cuda" if torch.cuda.is_available() else "cpu"):
        unet: Any = UNet2DConditionModel(cross_attention_dim=sizes.width, **sizes.unet)
        vae: Any = AutoencoderKL(
            block_out_channels=(8, 8, 8, 8),
            down_block_types=("DownEncoderBlock2D",) * 4,
            up_block_types=("UpDecoderBlock2D",) * 4,
            norm_num_groups=4,
        )
        text_encoder: Any = _text_encoder(sizes, tokenizer)
    parts = {"unet": unet, "vae": vae, "text_encoder": text_encoder}
    return StableDiffusion(
        tokenizer=tokenizer,
        scheduler_config=dict(DDIMScheduler.load_config(folder, subfolder="scheduler")),
        **{part: network.to(dtype).eval() for part, network in parts.items()},
    )


def _text_encoder(sizes: Sizes, tokenizer: CLIPTokenizer) -> CLIPTextModel:
    config = CLIPTextConfig(
        vocab_size=len(tokenizer),
        hidden_size=sizes.width,
        intermediate_size=4 * sizes.width,
        num_hidden_layers=sizes.layers,
        num_attention_heads=max(1, sizes.width // 64),
        max_position_embeddings=TOKENS,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    return CLIPTextModel(config)
