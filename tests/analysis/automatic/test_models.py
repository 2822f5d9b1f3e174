"""CLIP and classifiers, read from folders and files as from the hub."""

from pathlib import Path

import numpy as np
import PIL.Image
import pytest
import torch
from transformers import CLIPModel

from analysis.automatic.classifier import Classifier, InceptionFile, load_classifier
from analysis.automatic.clip import load_clip
from analysis.automatic.not_measurable import NotMeasurable
from tests.analysis.automatic.tiny_models import LABELS, save_classifier, save_clip, save_inception


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("models")


@pytest.fixture(scope="module")
def clip_folder(folder: Path) -> Path:
    return save_clip(folder / "clip")


def picture(seed: int, size: int = 16) -> PIL.Image.Image:
    return PIL.Image.fromarray(np.random.default_rng(seed).integers(0, 256, (size, size, 3), dtype=np.uint8))


def test_images_and_prompts_are_embedded_with_length_1(clip_folder: Path) -> None:
    clip = load_clip(str(clip_folder))
    embedded = np.vstack([clip.images([picture(n) for n in range(33)]), clip.text("a red circle")])
    assert embedded.shape == (34, 8)
    assert np.linalg.norm(embedded, axis=1) == pytest.approx(1)


def test_a_models_cosine_is_that_of_transformers(clip_folder: Path) -> None:
    clip, image = load_clip(str(clip_folder)), picture(0)
    model = CLIPModel.from_pretrained(clip_folder).eval()
    tokens = clip.tokenizer(["a red circle"], return_tensors="pt")
    pixels = clip.image_processor(images=[image], return_tensors="pt")
    with torch.inference_mode():
        scaled = model(**tokens, **pixels).logits_per_image.item()
    alone = type(clip)(clip.model, clip.image_processor, clip.tokenizer, ("{}",))
    cosine = float(alone.images([image])[0] @ alone.text("a red circle"))
    assert cosine == pytest.approx(scaled / model.logit_scale.exp().item(), abs=1e-6)


def test_a_model_may_bring_its_own_templates(clip_folder: Path, folder: Path) -> None:
    assert len(load_clip(str(clip_folder)).templates) == 80
    own = save_clip(folder / "own")
    (own / "prompt_templates.txt").write_text("# as it was taught\n{}\n")
    assert load_clip(str(own)).templates == ("{}",)


def test_a_classifiers_features_are_what_its_last_layer_reads(folder: Path) -> None:
    classifier = load_classifier(str(save_classifier(folder / "classifier")))
    assert isinstance(classifier, Classifier)
    seen = classifier.see([picture(n, size=16 + n) for n in range(3)])
    assert (seen.features.shape, seen.probabilities.shape, classifier.labels) == ((3, 8), (3, 3), LABELS)
    weight, bias = (each.detach().numpy() for each in (classifier.last.weight, classifier.last.bias))
    raised = np.exp(seen.features @ weight.T + bias)
    assert seen.probabilities == pytest.approx(raised / raised.sum(axis=1, keepdims=True), abs=1e-6)


def test_the_published_inception_is_asked_as_its_authors_ask_it(folder: Path) -> None:
    inception = load_classifier(str(save_inception(folder / "inception.pt")))
    assert isinstance(inception, InceptionFile)
    images = [picture(0), picture(1), picture(2, size=9)]
    seen = inception.see(images)
    assert seen.features == pytest.approx(np.array([np.asarray(image).mean((0, 1)) / 255 for image in images]), abs=1e-6)
    weight = inception.script.output.weight.detach().numpy()
    raised = np.exp(seen.features @ weight.T)  # without the bias of the last layer
    assert seen.probabilities == pytest.approx(raised / raised.sum(axis=1, keepdims=True), abs=1e-6)


@pytest.mark.parametrize("load", [load_clip, load_classifier])
def test_a_folder_without_weights_says_what_to_get(load: object, tmp_path: Path) -> None:
    with pytest.raises(NotMeasurable, match=r"hf download .* and give that folder"):
        load(str(tmp_path))  # type: ignore[operator]


def test_a_file_that_is_no_script_is_refused(tmp_path: Path) -> None:
    (tmp_path / "broken.pt").write_bytes(b"nothing")
    with pytest.raises(NotMeasurable, match="TorchScript file could not be loaded"):
        load_classifier(str(tmp_path / "broken.pt"))
