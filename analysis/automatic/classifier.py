"""A classifier that tells of each image its features, for the Fréchet distance, and the probabilities of its classes.

Any image classifier of transformers, whose features are what its last linear layer reads; or the Inception network of the
published scores as a TorchScript file.
"""

import warnings
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
import torch
from transformers import AutoImageProcessor, AutoModelForImageClassification

from analysis.automatic.loading import AUTO, Images, batches, device_of, missing_told
from analysis.automatic.not_measurable import NotMeasurable
from analysis.study_votes import FloatArray

SCRIPT = ".pt"


@dataclass(frozen=True, eq=False)
class Seen:
    """What a classifier tells of images. features: shape (images, dimensions). probabilities: (images, classes)."""

    features: FloatArray
    probabilities: FloatArray


@dataclass(frozen=True, eq=False)
class Classifier:
    """An image classifier of transformers. labels: the names of its classes, in their order."""

    model: Any
    image_processor: Any
    last: torch.nn.Linear
    labels: tuple[str, ...]

    @torch.inference_mode()
    def see(self, images: Images) -> Seen:
        """Features and probabilities of images, of which there must be at least one."""
        return _joined([self._see(batch) for batch in batches(images)])

    def _see(self, images: Images) -> Seen:
        read: list[torch.Tensor] = []
        hook = self.last.register_forward_pre_hook(lambda _layer, inputs: read.append(inputs[0]))
        try:
            inputs = self.image_processor(images=[image.convert("RGB") for image in images], return_tensors="pt")
            logits = self.model(**inputs.to(self.model.device)).logits
        finally:
            hook.remove()
        return Seen(_array(read[-1].flatten(1)), _array(logits.double().softmax(dim=1)))


@dataclass(frozen=True, eq=False)
class InceptionFile:
    """Inception as a TorchScript file that takes 8-bit images (rows, 3, height, width) of any size.

    Called alone it gives probabilities, without the bias of the last layer as the published Inception Scores are; with
    return_features=True what the last layer reads: inception-2015-12-05.pt of StyleGAN2-ADA, which FID is stated with.
    """

    script: Any
    device: torch.device
    labels: tuple[str, ...] = ()

    @torch.inference_mode()
    def see(self, images: Images) -> Seen:
        """Features and probabilities of images, of which there must be at least one."""
        alike = (list(group) for batch in batches(images) for _size, group in groupby(batch, key=lambda image: image.size))
        return _joined([self._see(group) for group in alike])

    def _see(self, images: Images) -> Seen:
        pixels = np.stack([np.asarray(image.convert("RGB")) for image in images])
        stacked = torch.from_numpy(pixels).permute(0, 3, 1, 2).to(self.device)
        features = self.script(stacked, return_features=True)
        return Seen(_array(features.flatten(1)), _array(self.script(stacked, no_output_bias=True)))


def load_classifier(source: str, revision: str = "", device: str = AUTO) -> Classifier | InceptionFile:
    """A TorchScript file's Inception, or the classifier in a folder or of that name and commit on the hub.

    Raises NotMeasurable.
    """
    if source.endswith(SCRIPT):
        return InceptionFile(_script(source, device_of(device)), device_of(device))
    commit = None if Path(source).is_dir() else revision or None
    with missing_told("A classifier", source, revision):
        model: Any = AutoModelForImageClassification.from_pretrained(source, revision=commit, dtype=torch.float32)
        processor = AutoImageProcessor.from_pretrained(source, revision=commit)
    labels = tuple(model.config.id2label[number] for number in range(model.config.num_labels))
    return Classifier(model.to(device_of(device)).eval(), processor, _last(model, source), labels)


def _script(file: str, device: torch.device) -> Any:
    with missing_told("A TorchScript file", file, ""), warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # the published Inception comes in no newer format
        return torch.jit.load(file, map_location=device).eval()


def _last(model: torch.nn.Module, source: str) -> torch.nn.Linear:
    linear = [layer for layer in model.modules() if isinstance(layer, torch.nn.Linear)]
    if not linear:
        raise NotMeasurable(f"{source} ends in no linear layer, so it has no features; choose another classifier.")
    return linear[-1]


def _joined(seen: list[Seen]) -> Seen:
    return Seen(np.concatenate([each.features for each in seen]), np.concatenate([each.probabilities for each in seen]))


def _array(tensor: torch.Tensor) -> FloatArray:
    return tensor.double().cpu().numpy()
