"""Captioners: an image becomes a sentence that says what is there, by BLIP, BLIP-2 and their like, greedily.

Desai & Vasconcelos (ECCV 2024, §1 and supplement §4.1) caption diffusion-negative images with BLIP-2
(Salesforce/blip2-opt-2.7b) and with a vision-language model behind a chat endpoint; the latter is generation.chat.
"""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from transformers import AutoConfig, AutoImageProcessor, AutoModelForImageTextToText, AutoTokenizer, PreTrainedConfig

from generation.denoisers.memory import OutOfMemory, in_stacks
from generation.devices import device_of, dtype_of
from generation.placement import Placement
from generation.pretrained import CAPTIONER, ModelNotFound, revision_now, source_of
from generation.warm import Shelf

KEPT_WARM = 1
AT_ONCE = 16  # images in one call of the model
KINDS = ("blip", "blip-2", "git", "vision-encoder-decoder")  # that caption an image by themselves, as transformers names them

_Key: TypeAlias = tuple[str, str, Placement]


class UnsupportedCaptioner(ValueError):
    """A model that is there, but does not caption an image by itself."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Captioner:
    """A captioner in memory, with what prepares images for it and what makes words of its tokens."""

    name: str
    revision: str
    model: Any
    image_processor: Any
    tokenizer: Any
    dtype: torch.dtype

    @property
    def device(self) -> torch.device:
        device: torch.device = self.model.device
        return device

    def caption(self, images: Sequence[NDArray[np.uint8]], max_new_tokens: int) -> list[str]:
        """What each image, of shape (height, width, 3), shows, in at most so many tokens; images may differ in size.

        Greedy: the same image has the same caption, up to what stacking changes in the last bits. Raises OutOfMemory.
        """
        if not images:
            return []
        pixels = self.image_processor(images=list(images), return_tensors="pt").pixel_values.to(self.device, self.dtype)
        try:
            tokens = in_stacks(self.model, lambda rows: self._tokens(pixels[rows], max_new_tokens), len(images), AT_ONCE)
        except OutOfMemory as error:
            raise OutOfMemory(
                f"Memory does not hold the captioner {self.name} and one image: compute in half precision "
                f"(EVALSITE_DTYPE=float16), choose a smaller captioner, or use another device."
            ) from error
        return [_tidy(text) for text in self.tokenizer.batch_decode(tokens, skip_special_tokens=True)]

    @torch.no_grad()
    def _tokens(self, pixels: Tensor, max_new_tokens: int) -> Tensor:
        """The tokens of captions, shape (images, max_new_tokens), padded at the end.

        Some models return the tokens of their prompt as well (BLIP-2: one for each query, and the start). What is new is as
        long as there were steps, for each of which there are logits.
        """
        made = self.model.generate(
            pixel_values=pixels,
            max_new_tokens=min(max_new_tokens, self._most_new_tokens),
            do_sample=False,
            num_beams=1,
            return_dict_in_generate=True,
            output_logits=True,
        )
        new = made.sequences[:, -len(made.logits) :]
        return torch.nn.functional.pad(new, (0, max_new_tokens - new.shape[1]), value=self._padding)

    @property
    def _most_new_tokens(self) -> int:
        """What its text decoder has positions for beside its start and end: some sentences never end by themselves."""
        decoder = self.model.config.get_text_config(decoder=True)
        return int(getattr(decoder, "max_position_embeddings", sys.maxsize)) - 2

    @property
    def _padding(self) -> int:
        padding = self.tokenizer.pad_token_id
        return int(self.tokenizer.eos_token_id if padding is None else padding)


def _tidy(text: str) -> str:
    """On one line, because a prompt is one."""
    return " ".join(text.split())


_WARM: Shelf[_Key, Captioner] = Shelf(KEPT_WARM)


def captioner_for(name: str, revision: str = "", placement: Placement = Placement()) -> Captioner:  # noqa: B008 (frozen)
    """The captioner of that name ("bundled", a folder, or a hub name) and revision, placed on a device, and kept warm.

    An empty revision is whatever is there now: the digest of what is on disk stands for it. Only safetensors are read, and
    no code of the model's own. Raises ModelNotFound, UnsupportedCaptioner and UnfitPlacement.
    """
    key = (name, revision_now(CAPTIONER, name, revision), placement)
    return _WARM.take(key, lambda: _load(*key))


def _load(name: str, revision: str, placement: Placement) -> Captioner:
    device = device_of(placement)
    source, dtype = source_of(CAPTIONER, name), dtype_of(placement, device)
    try:
        model, image_processor, tokenizer = _read(source, revision, dtype)
    except OSError as error:
        raise ModelNotFound(
            f"{source}{revision and f' at revision {revision}'} could not be loaded as a captioner; check the name, the "
            f"revision and the connection, or download it and give its folder, with weights in safetensors. ({error})"
        ) from error
    return Captioner(
        name=name,
        revision=revision,
        model=model.to(device).eval(),
        image_processor=image_processor,
        tokenizer=tokenizer,
        dtype=dtype,
    )


def _read(source: str, revision: str, dtype: torch.dtype) -> tuple[Any, Any, Any]:
    """The model, its image processor and its tokenizer. Raises OSError for what cannot be read, and UnsupportedCaptioner.

    Not the processor of transformers that holds both: captions want no prompt, and some kinds have none.
    """
    own: dict[str, Any] = {"trust_remote_code": False}
    if not Path(source).exists():
        own["revision"] = revision or None
    config = _config(source, own)
    model = AutoModelForImageTextToText.from_pretrained(source, config=config, dtype=dtype, use_safetensors=True, **own)
    # Pillow resizes in the same way wherever it runs; torchvision, where somebody has it, in another.
    image_processor = AutoImageProcessor.from_pretrained(source, backend="pil", **own)
    return model, image_processor, AutoTokenizer.from_pretrained(source, **own)


def _config(source: str, own: dict[str, Any]) -> Any:
    """The configuration of a kind that captions by itself. Raises OSError and UnsupportedCaptioner."""
    kind = PreTrainedConfig.get_config_dict(source, **own)[0].get("model_type", "nothing that transformers knows")
    if kind in KINDS:
        return AutoConfig.from_pretrained(source, **own)
    raise UnsupportedCaptioner(
        f"{source} is {kind}; a captioner is one of {', '.join(KINDS)}. A model that wants to be asked in words captions "
        f"behind a chat endpoint: serve it there, and name “chat:MODEL” as the captioner."
    )
