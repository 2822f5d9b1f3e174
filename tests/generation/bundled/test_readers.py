"""The committed models that read pictures, as anybody loads them."""

import random
from typing import Any

import numpy as np
import pytest
import torch
from transformers import AutoModelForImageClassification, AutoModelForImageTextToText, AutoProcessor, CLIPModel, CLIPProcessor
from transformers import ViTImageProcessor as ImageProcessor

from generation.bundled.render import Image, render
from generation.bundled.training.captioner import MAX_TOKENS, caption_of
from generation.bundled.training.descriptions import Description, spoil
from generation.bundled.training.scenes import draw_any_scene
from generation.bundled.world import Scene
from generation.pretrained import BUNDLED_FOLDERS, CAPTIONER, CLASSIFIER, CLIP, resolve_revision, source_of

MEGABYTES = {CAPTIONER: 10, CLIP: 4, CLASSIFIER: 4}
NUMBER = 50


@pytest.fixture(scope="module")
def scenes() -> list[Scene]:
    draw = random.Random(40_000)  # a seed of no training
    return [draw_any_scene(draw) for _ in range(NUMBER)]


@pytest.fixture(scope="module")
def images(scenes: list[Scene]) -> list[Image]:
    return [render(scene) for scene in scenes]


@pytest.mark.parametrize("kind", MEGABYTES)
def test_the_weights_are_small_and_safe_to_open(kind: str) -> None:
    files = [path for path in BUNDLED_FOLDERS[kind].rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) <= MEGABYTES[kind] * 2**20
    assert {path.suffix for path in files} <= {".json", ".safetensors", ".txt"}
    assert resolve_revision(kind, "bundled").startswith("sha256:")


def test_the_captioner_says_exactly_what_is_there(scenes: list[Scene], images: list[Image]) -> None:
    source = source_of(CAPTIONER, "bundled")
    processor = AutoProcessor.from_pretrained(source)
    captioner: Any = AutoModelForImageTextToText.from_pretrained(source, dtype=torch.float32)
    tokens = captioner.generate(**processor(images=images, return_tensors="pt"), max_new_tokens=MAX_TOKENS)
    captions = processor.batch_decode(tokens, skip_special_tokens=True)
    assert sum(caption == caption_of(scene) for caption, scene in zip(captions, scenes, strict=True)) >= 0.9 * NUMBER


def test_clip_prefers_the_true_prompt_to_one_that_is_nearly_right(scenes: list[Scene], images: list[Image]) -> None:
    source, draw = source_of(CLIP, "bundled"), random.Random(40_001)
    clip, processor = CLIPModel.from_pretrained(source, dtype=torch.float32), CLIPProcessor.from_pretrained(source)
    said = [Description(scene.entities, scene.blurry) for scene in scenes]
    texts = [one.text for one in said] + [spoil(one, scene, draw).text for one, scene in zip(said, scenes, strict=True)]
    with torch.no_grad():
        scores = clip(**processor(text=texts, images=images, padding=True, return_tensors="pt")).logits_per_image
    true, spoilt = scores[:, :NUMBER].diagonal(), scores[:, NUMBER:].diagonal()
    assert (true > spoilt).float().mean() >= 0.9
    assert (scores[:, :NUMBER].argmax(1) == torch.arange(NUMBER)).float().mean() >= 0.9  # and to those of other scenes


def test_the_classifier_names_what_is_there_and_shares_its_certainty(scenes: list[Scene], images: list[Image]) -> None:
    source = source_of(CLASSIFIER, "bundled")
    classifier = AutoModelForImageClassification.from_pretrained(source, dtype=torch.float32)
    with torch.no_grad():
        probabilities = classifier(**ImageProcessor.from_pretrained(source)(images, return_tensors="pt")).logits.softmax(1)
    names = [[f"{e.color} {e.shape}" for e in scene.entities] for scene in scenes]
    top = [classifier.config.id2label[int(row)] for row in probabilities.argmax(1)]
    assert np.mean([name in there for name, there in zip(top, names, strict=True)]) >= 0.9
    pairs = [(row, there) for row, there in zip(probabilities, names, strict=True) if len(there) == 2]
    shares = [[float(row[classifier.config.label2id[name]]) for name in there] for row, there in pairs]
    assert np.median(np.min(shares, axis=1)) == pytest.approx(0.5, abs=0.15)
