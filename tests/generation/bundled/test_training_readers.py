import math
import random
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from generation.bundled.render import render
from generation.bundled.training import captioner, classifier, clip
from generation.bundled.training.captioner import caption_of, new_captioner, train_captioner
from generation.bundled.training.classifier import new_classifier, shares, start_from, train_classifier
from generation.bundled.training.clip import contrast, train_clip, true_beside
from generation.bundled.training.descriptions import Description, describe, leave_out, spoil
from generation.bundled.training.reading import BATCH, NAMES, Pool, covered, reading_pool
from generation.bundled.training.scenes import draw_any_scene
from generation.bundled.training.tokenizer import build_tokenizer
from generation.bundled.training.vae import CONFIG
from generation.bundled.world import Entity, Placed, Scene, is_held_out, place

RED_STAR, BLUE_RING = Entity("star", "red"), Entity("ring", "blue")
PAIR = place((RED_STAR, BLUE_RING), random.Random(0))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("training")


@pytest.fixture(scope="module")
def pool(folder: Path) -> Pool:
    torch.manual_seed(0)
    return reading_pool(folder, AutoencoderKL(**CONFIG), count=2 * BATCH)


def test_a_part_of_the_pictures_comes_back_from_the_autoencoder_and_all_are_kept(folder: Path, pool: Pool) -> None:
    same = [np.array_equal(image, render(scene)) for image, scene in zip(pool.images, pool.scenes, strict=True)]
    assert same == [False] * BATCH + [True] * BATCH
    again = reading_pool(folder, AutoencoderKL(**CONFIG), count=2 * BATCH)  # another autoencoder, the same pictures
    assert np.array_equal(again.images, pool.images)


def test_readers_see_combinations_that_are_kept_from_the_generator() -> None:
    draw = random.Random(1)
    assert any(is_held_out(draw_any_scene(draw).entities) for _ in range(20))


def test_patches_are_labelled_with_what_covers_them() -> None:
    scene = Scene((Placed(RED_STAR, x=20.0, y=44.0, radius=12.0),))
    labels = covered(scene).reshape(8, 8, 2)
    assert labels[5, 2].tolist() == [NAMES[0].index("star"), NAMES[1].index("red")]  # middle at x = 20, y = 44
    assert labels[2, 5].tolist() == [0, 0]


def test_a_caption_names_entities_in_one_order_and_its_tokens_can_be_read_back() -> None:
    scene = Scene(place((RED_STAR, Entity("ring", "white"), BLUE_RING), random.Random(0)).placed, blurry=True)
    assert caption_of(scene) == "a blue ring, a white ring and a red star, blurry"
    tokenizer = captioner.new_processor().tokenizer
    assert tokenizer.decode(tokenizer(caption_of(scene)).input_ids, skip_special_tokens=True) == caption_of(scene)


@pytest.mark.parametrize(
    "train",
    [
        train_captioner,
        lambda folder, pool, steps: train_clip(folder, pool, build_tokenizer(folder / "tokenizer"), steps),
        lambda folder, pool, steps: train_classifier(folder, pool, new_captioner().vision_model, steps),
    ],
    ids=["captioner", "clip", "classifier"],
)
def test_two_steps_change_the_model_and_training_goes_on_from_them(
    train: Callable[..., nn.Module], folder: Path, pool: Pool, request: pytest.FixtureRequest
) -> None:
    first = train(folder, pool, steps=1).state_dict()
    second = train(folder, pool, steps=2).state_dict()
    assert any(not torch.equal(first[name], second[name]) for name in first)
    again = train(folder, pool, steps=2).state_dict()  # nothing is left to do
    assert all(torch.equal(second[name], again[name]) for name in second)
    assert torch.load(folder / f"{request.node.callspec.id}.pt")["step"] == 2


def test_the_classifier_starts_as_the_captioners_tower() -> None:
    torch.manual_seed(0)
    tower, started, pixels = new_captioner().vision_model.eval(), new_classifier().eval(), torch.randn(2, 3, 64, 64)
    for weights in tower.parameters():
        nn.init.normal_(weights, std=0.3)
    start_from(started, tower)
    with torch.no_grad():
        torch.testing.assert_close(started.vit(pixels).last_hidden_state, tower(pixels).last_hidden_state)


def test_each_entity_of_a_scene_has_the_same_share() -> None:
    share = shares(PAIR)
    assert share.sum() == 1
    assert {classifier.CLASSES[int(i)] for i in share.nonzero()} == {"red star", "blue ring"}


@given(seed=st.integers(0, 10**6))
def test_descriptions_are_true_and_spoilt_ones_are_false_or_say_less(seed: int) -> None:
    draw = random.Random(seed)
    scene = draw_any_scene(draw)
    said = describe(scene, draw)
    spoilt = spoil(said, scene, draw)
    assert said.is_true_of(scene)
    assert not spoilt.is_true_of(scene) or len(spoilt.entities) < len(said.entities) == len(scene.entities)


def test_the_first_half_of_a_prompt_has_no_and() -> None:
    assert Description((RED_STAR, BLUE_RING), cut_off=True).text == "a red star, a blue ring"
    assert Description((RED_STAR, BLUE_RING)).text == "a red star and a blue ring"


def test_a_picture_that_is_not_blurry_makes_blurry_false_and_open_colours_are_true() -> None:
    assert not Description((RED_STAR,), blurry=True).is_true_of(PAIR)
    assert Description((Entity("star"),)).is_true_of(PAIR)
    assert not Description((Entity("star", "blue"),)).is_true_of(PAIR)


def test_one_entity_less_is_one_less() -> None:
    assert spoil(Description(PAIR.entities), PAIR, random.Random(0), [leave_out]).entities in ((RED_STAR,), (BLUE_RING,))


def test_texts_that_are_true_of_other_pictures_are_no_examples_of_wrong_ones() -> None:
    alone = place((RED_STAR,), random.Random(0))
    said = [Description((RED_STAR,)), Description(PAIR.entities)]
    assert true_beside(said, [alone, PAIR]).tolist() == [[False, False], [True, False]]


def test_the_contrast_is_that_of_two_softmaxes() -> None:
    """By hand: cosines of own texts 1, of all others 0, scale ln 2: e^1·ln2 = 2 against 1 of another picture, and 1 spoilt."""
    images = torch.tensor([[1.0, 0, 0], [0, 1.0, 0]])
    texts = torch.cat([images, torch.tensor([[0, 0, 1.0]] * 2)])
    loss = contrast(images, texts, torch.zeros(2, 2, dtype=torch.bool), torch.tensor(math.log(2)))
    assert loss.item() == pytest.approx(-math.log(2 / 4) - math.log(2 / 3))


def test_clip_reads_prompts_as_they_are() -> None:
    """A score looks for templates beside the model; those for photographs have words that this world has not."""
    assert clip.TEMPLATES == ("prompt_templates.txt", "{}\n")
