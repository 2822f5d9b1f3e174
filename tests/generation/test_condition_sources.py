"""Conditions with negative sources, prompts with negatives of their own, and the rows that negatives come from."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from generation.models import Caption, NegativeText, StandardNegatives
from tests.factories_generation import CheckpointFactory, ConditionFactory, ImageFactory, PromptFactory
from tests.tiny_captioners import build_blip

pytestmark = pytest.mark.django_db


def test_a_conditions_sources_take_the_place_of_its_negative() -> None:
    condition = ConditionFactory.create(method="negative_prompt", negative_sources=[{"source": "random"}])
    assert condition.settings == {"scale": 7.5}
    assert "negative: a random quotation" in str(condition)


def test_a_condition_without_sources_has_the_fingerprint_that_it_had_before_there_were_any() -> None:
    checkpoint = CheckpointFactory.create()
    condition = ConditionFactory.create(method="cfg", settings={"scale": 4.0}, checkpoint=checkpoint)
    identity = ["cfg", {"scale": 4.0, "negative": ""}, "ddim", 5, 64, checkpoint.name, checkpoint.revision]  # of version 0.1
    assert condition.fingerprint == hashlib.sha256(json.dumps(identity, sort_keys=True).encode()).hexdigest()


def test_conditions_with_different_sources_are_different() -> None:
    checkpoint = CheckpointFactory.create()
    texts: tuple[list[dict[str, str]], ...] = ([], [{"source": "text", "text": "fog"}], [{"source": "text", "text": "rain"}])
    made = [ConditionFactory.create(checkpoint=checkpoint, negative_sources=sources) for sources in texts]
    assert len({condition.fingerprint for condition in made}) == 3


def test_auto_dnp_brings_its_source_along_and_dnp_asks_for_its_own(tmp_path: Path) -> None:
    given = {"captioner": str(build_blip(tmp_path)), "dns_scale": 5.0}
    own = ConditionFactory.create(method="auto_dnp", negative_sources=[{"source": "auto_dnp", **given}])
    assert own.negative_sources[0]["dns_scale"] == 5.0
    with pytest.raises(ValidationError, match="dnp needs a source “human”"):
        ConditionFactory.create(method="dnp")
    with pytest.raises(ValidationError, match="auto_dnp needs a source “auto_dnp”"):
        ConditionFactory.create(method="auto_dnp", negative_sources=[{"source": "random"}])


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"method": "dns", "negative_sources": [{"source": "random"}]}, "dns takes no negative from elsewhere"),
        (
            {"method": "cfg", "settings": {"negative": "fog"}, "negative_sources": [{"source": "random"}]},
            "Give either the setting “negative” or negative sources, not both",
        ),
        ({"method": "cfg", "negative_sources": [{"source": "standard", "list": "mine"}]}, "There is no list “mine”"),
        ({"method": "cfg", "negative_sources": {"source": "random"}}, "Sources must be a list"),
        ({"method": "imported", "checkpoint": None, "negative_sources": [{"source": "random"}]}, "Imported images have no"),
    ],
)
def test_a_condition_refuses_sources_that_do_not_fit(fields: dict[str, Any], fault: str) -> None:
    with pytest.raises(ValidationError, match=fault):
        ConditionFactory.create(**fields)


@pytest.mark.parametrize(
    ("method", "settings", "scale"),
    [("negative_prompt", {"scale": 3}, 3.0), ("dng", {"scale": 27, "base_scale": 5}, 5.0), ("np_uncond", {"scale": 1.7}, 7.5)],
)
def test_dns_images_have_the_guidance_scale_of_the_condition(method: str, settings: dict[str, Any], scale: float) -> None:
    """λ of the DNG paper is no guidance scale; that of DNG's guided base is."""
    scheduler = "ddpm_large" if method == "dng" else "ddim"
    people = [{"source": "human", "study": "A"}]
    condition = ConditionFactory.create(method=method, settings=settings, negative_sources=people, scheduler=scheduler)
    assert condition.negative_sources[0]["dns_scale"] == scale


def test_a_standard_list_that_changes_leaves_conditions_as_they_were() -> None:
    mine = StandardNegatives.objects.create(name="mine", text="fog")
    condition = ConditionFactory.create(negative_sources=[{"source": "standard", "list": "mine"}])
    mine.text = "rain"
    mine.save()
    condition.save()
    assert condition.negative_sources[0]["text"] == "fog"


def test_the_negatives_of_a_prompt_are_fixed_once_an_image_has_them() -> None:
    prompt = PromptFactory.create(negatives={"related": "flowers", "unrelated": "a car"})
    ImageFactory.create(prompt=prompt, negatives=[{"source": "prompt", "name": "related", "text": "flowers"}])
    prompt.negatives = {"related": "flowers", "unrelated": "a bus", "another": "fog"}
    prompt.clean()
    prompt.negatives = {"related": "trees"}
    with pytest.raises(ValidationError, match="Images were drawn with these"):
        prompt.clean()


@pytest.mark.parametrize("negatives", [["flowers"], {"related": 1}])
def test_the_negatives_of_a_prompt_are_texts_by_name(negatives: Any) -> None:
    with pytest.raises(ValidationError, match="Write texts by name"):
        PromptFactory.build(prompt_set=None, negatives=negatives).clean()


def test_an_image_is_captioned_once_by_a_captioner() -> None:
    image = ImageFactory.create()
    Caption.objects.create(image=image, captioner="people: A")
    Caption.objects.create(image=image, captioner="people: B")
    with pytest.raises(IntegrityError):
        Caption.objects.create(image=image, captioner="people: A")


@pytest.mark.parametrize("seed", [None, 0])
def test_a_source_gives_one_text_for_a_prompt_or_for_a_prompt_and_seed(seed: int | None) -> None:
    prompt, own = PromptFactory.create(), {"source": {"source": "random"}, "key": "a" * 64, "seed": seed}
    NegativeText.objects.create(prompt=prompt, **own)
    with pytest.raises(IntegrityError):
        NegativeText.objects.create(prompt=prompt, **own)
