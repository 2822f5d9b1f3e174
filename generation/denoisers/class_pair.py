"""A pair of class models: one of all images and one of a class of them, without any text.

The setting of class removal (Koulischer et al., ICLR 2025, §4.1): guidance leads the first model away from the second.
The empty text means the model of all images, the class's name the model of the class.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from diffusers.models.unets.unet_2d import UNet2DModel
from torch import Tensor

from generation.denoisers import UnfitSize
from generation.methods.rule import Level


@dataclass(frozen=True, eq=False, kw_only=True)
class ClassPair:
    """Two diffusers UNets of pixels in −1..1 that predict ε, and the name of the class of the second."""

    everything: UNet2DModel
    one_class: UNet2DModel
    class_name: str
    scheduler_config: Mapping[str, Any]
    precision: torch.dtype = torch.float32

    @property
    def device(self) -> torch.device:
        return self.everything.device

    def latent_shape(self, size: int) -> tuple[int, ...]:
        """(channels, height, width): the pixels themselves. Raises UnfitSize for any other size than the models'."""
        if size != self.everything.config["sample_size"]:
            raise UnfitSize(f"These models make images of {self.everything.config['sample_size']} pixels, not {size}.")
        return int(self.everything.config["in_channels"]), size, size

    def encode(self, texts: Sequence[str]) -> dict[str, UNet2DModel]:
        """The model that each text means. Raises KeyError for a text that is neither empty nor the class's name."""
        models = {"": self.everything, self.class_name: self.one_class}
        if unknown := set(texts) - set(models):
            raise KeyError(f"These models know “{self.class_name}” and the empty text, not {', '.join(sorted(unknown))}.")
        return {text: models[text] for text in texts}

    def predict(self, latents: Tensor, levels: Sequence[Level], conditionings: Sequence[UNet2DModel]) -> Tensor:
        """The noise ε in float32, shape (rows, channels, height, width); each model is called once."""
        times = torch.tensor([level.timestep for level in levels], device=self.device)
        noise = torch.empty_like(latents)
        for model in dict.fromkeys(conditionings):
            rows = torch.tensor([conditioning is model for conditioning in conditionings], device=self.device)
            noise[rows] = model(latents[rows].to(model.dtype), times[rows]).sample.to(latents.dtype)
        return noise
