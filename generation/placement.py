"""Where and how a worker computes. Torch-free: the settings name a placement, and a worker carries it out."""

from dataclasses import dataclass

AUTO = "auto"
DTYPES = (AUTO, "float32", "float16", "bfloat16")
ATTENTIONS = ("sdpa", "eager")


@dataclass(frozen=True, kw_only=True)
class Placement:
    """How a checkpoint is loaded and computed.

    device: "auto" is a GPU if there is one. dtype: of weights; "auto" is float16 on a GPU and float32 on a CPU. Latents stay
    in float32. attention: PyTorch's fused scaled dot product ("sdpa"), or matrices in full ("eager"). compiled: whether
    torch.compile is applied to the UNet. vae_slicing: whether images are decoded one by one, or all rows of a batch at once.
    """

    device: str = AUTO
    dtype: str = AUTO
    attention: str = "sdpa"
    compiled: bool = False
    vae_slicing: bool = True
