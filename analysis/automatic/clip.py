"""A CLIP model that embeds images and prompts, by name and revision through transformers."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from huggingface_hub import hf_hub_download
from huggingface_hub.errors import EntryNotFoundError
from transformers import AutoTokenizer, CLIPImageProcessor, CLIPModel

from analysis.automatic.clip_score import TEMPLATES, normalised, read_templates, text_embedding, texts_of
from analysis.automatic.loading import AUTO, Images, batches, device_of, missing_told
from analysis.study_votes import FloatArray

OWN_TEMPLATES = TEMPLATES.name  # in the folder of a model that was taught other words than those of the paper


@dataclass(frozen=True, eq=False)
class Clip:
    """The model, with what prepares its images and texts, and the templates that a prompt is put into."""

    model: Any
    image_processor: Any
    tokenizer: Any
    templates: tuple[str, ...]

    def images(self, images: Images) -> FloatArray:
        """Embeddings of length 1, shape (images, dimensions)."""
        embedded = [self._images(batch) for batch in batches(images)]
        return normalised(np.concatenate(embedded)) if embedded else np.empty((0, self.model.config.projection_dim))

    def text(self, prompt: str) -> FloatArray:
        """The mean embedding of the prompt in all templates, shape (dimensions,), of length 1; long texts are cut."""
        inputs = self.tokenizer(texts_of(prompt, self.templates), padding=True, truncation=True, return_tensors="pt")
        with torch.inference_mode():
            embedded = self.model.get_text_features(**inputs.to(self.model.device)).pooler_output
        return text_embedding(_array(embedded))

    @torch.inference_mode()
    def _images(self, images: Images) -> FloatArray:
        inputs = self.image_processor(images=[image.convert("RGB") for image in images], return_tensors="pt")
        return _array(self.model.get_image_features(**inputs.to(self.model.device)).pooler_output)


def load_clip(source: str, revision: str = "", device: str = AUTO) -> Clip:
    """The CLIP model in a folder, or of that name and commit on the hub. Raises NotMeasurable."""
    commit: Any = None if Path(source).is_dir() else revision or None
    with missing_told("A CLIP model", source, revision):
        model: Any = CLIPModel.from_pretrained(source, revision=commit, dtype=torch.float32)
        image_processor = CLIPImageProcessor.from_pretrained(source, revision=commit)
        tokenizer = AutoTokenizer.from_pretrained(source, revision=commit)
        templates = _templates(source, commit)
    return Clip(model.to(device_of(device)).eval(), image_processor, tokenizer, templates)


def _templates(source: str, commit: str | None) -> tuple[str, ...]:
    """Those that the model brings along, else those of the paper."""
    if Path(source).is_dir():
        own = Path(source) / OWN_TEMPLATES
        return read_templates(own if own.is_file() else TEMPLATES)
    try:
        return read_templates(Path(hf_hub_download(source, OWN_TEMPLATES, revision=commit)))
    except EntryNotFoundError:
        return read_templates()


def _array(embedded: torch.Tensor) -> FloatArray:
    return embedded.double().cpu().numpy()
