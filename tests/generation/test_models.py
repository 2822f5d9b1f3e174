from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from generation.digests import digest_of
from generation.models import Condition
from tests.factories_generation import CheckpointFactory, ConditionFactory, ImageFactory, PromptFactory

pytestmark = pytest.mark.django_db


def test_defaults_fill_a_conditions_settings() -> None:
    assert ConditionFactory.create(settings={}).settings == {"scale": 7.5, "negative": ""}  # the default of diffusers


def test_a_condition_is_found_again_by_what_it_is() -> None:
    first = ConditionFactory.create(settings={"scale": 7.5})
    again = Condition.objects.ensure(method="cfg", settings={}, checkpoint=first.checkpoint, evaluations=5, size=64)
    assert again == first


@pytest.mark.parametrize("change", [{"settings": {"scale": 4.0}}, {"scheduler": "ddpm"}, {"evaluations": 6}, {"size": 128}])
def test_any_difference_makes_another_condition(change: dict[str, object]) -> None:
    first = ConditionFactory.create()
    other = ConditionFactory.create(checkpoint=first.checkpoint, **change)
    assert other.fingerprint != first.fingerprint


def test_the_revision_of_the_checkpoint_belongs_to_the_condition() -> None:
    first, other = CheckpointFactory.create(name="x", revision="a" * 40), CheckpointFactory.create(name="x", revision="b" * 40)
    assert ConditionFactory.create(checkpoint=first).fingerprint != ConditionFactory.create(checkpoint=other).fingerprint


def test_a_second_equal_condition_is_refused() -> None:
    first = ConditionFactory.create()
    with pytest.raises(ValidationError, match="already"):
        ConditionFactory.create(checkpoint=first.checkpoint)


def test_a_condition_may_change_until_it_has_an_image() -> None:
    condition = ConditionFactory.create()
    condition.settings = {"scale": 3.0}
    condition.save()
    ImageFactory.create(condition=condition)
    condition.settings = {"scale": 2.0}
    with pytest.raises(ValidationError, match="has images"):
        condition.save()


@pytest.mark.parametrize(
    ("fields", "field", "sentence"),
    [
        ({"method": "magic"}, "method", "no method “magic”"),
        ({"settings": {"scale": "big"}}, "settings", "“scale” must be of type float"),
        ({"settings": {"scael": 3}}, "settings", "“scael” is not a setting"),
        ({"settings": ["scale"]}, "settings", "names with values"),
        ({"settings": {"scale": 10**400}}, "settings", "“scale” must be a finite number"),
        ({"checkpoint": None}, "checkpoint", "Choose a checkpoint"),
        ({"evaluations": 1000}, "evaluations", "ddim makes 1 to 999 evaluations, not 1000."),
        ({"evaluations": 2, "scheduler": "pndm"}, "evaluations", "pndm makes 3 to 999 evaluations, not 2."),
    ],
)
def test_a_bad_condition_says_what_is_wrong_with_which_field(fields: dict[str, object], field: str, sentence: str) -> None:
    with pytest.raises(ValidationError) as caught:
        ConditionFactory.create(**fields)
    assert sentence in caught.value.message_dict[field][0]


def test_a_condition_must_say_its_size() -> None:
    with pytest.raises(IntegrityError, match="size"):
        Condition.objects.ensure(method="cfg", checkpoint=CheckpointFactory.create())


def test_conditions_of_two_sizes_have_different_names() -> None:
    assert str(ConditionFactory.create(size=512)).endswith("DDIM 5 · 512×512")


def test_imported_images_have_a_condition_by_name_alone() -> None:
    first = Condition.objects.ensure(method="imported", settings={"name": "mine"})
    assert Condition.objects.ensure(method="imported", settings={"name": "mine"}, size=128) == first
    assert str(first) == "imported: mine"


def test_a_checkpoint_that_is_nowhere_is_refused() -> None:
    with pytest.raises(ValidationError, match=r"neither “bundled”, nor a folder, nor a \.safetensors file, nor a hub name"):
        CheckpointFactory.build(name="nonsense").full_clean()


def test_a_checkpoint_in_use_keeps_its_name() -> None:
    checkpoint = CheckpointFactory.create()
    ConditionFactory.create(checkpoint=checkpoint)
    checkpoint.name = "hub/another"
    with pytest.raises(ValidationError, match="Add another one"):
        checkpoint.full_clean()


def test_a_folder_without_a_safety_checker_is_known_at_once(tmp_path: Path) -> None:
    (tmp_path / "model_index.json").write_text('{"safety_checker": [null, null]}')
    checkpoint = CheckpointFactory.build(name=str(tmp_path), revision="")
    assert "has no safety checker" in checkpoint.screening_fault()
    checkpoint.unscreened_because = "the model draws shapes only"
    assert checkpoint.screening_fault() == ""


@pytest.mark.parametrize(("revision", "faulty"), [("", True), ("sha256:" + "a" * 40, False)])
def test_only_a_checkpoint_on_disk_that_was_drawn_without_a_revision_is_to_be_added_again(
    tiny_folder: Path, revision: str, faulty: bool
) -> None:
    checkpoint = CheckpointFactory.create(name=str(tiny_folder), revision=revision)
    ImageFactory.create(condition__checkpoint=checkpoint, provenance={"revision": revision})
    assert ("add the checkpoint again" in checkpoint.revision_fault()) == faulty


def test_a_checkpoint_without_a_revision_goes_on_with_the_content_that_its_images_tell(tmp_path: Path) -> None:
    (tmp_path / "model_index.json").write_text("{}")
    checkpoint = CheckpointFactory.create(name=str(tmp_path), revision="")
    ImageFactory.create(condition__checkpoint=checkpoint, provenance={"revision": digest_of(tmp_path)})
    assert checkpoint.revision_fault() == ""
    (tmp_path / "model_index.json").write_text("{ }")
    assert "add the checkpoint again" in checkpoint.revision_fault()


def test_a_single_file_has_no_safety_checker(tmp_path: Path) -> None:
    (tmp_path / "one.safetensors").touch()
    assert "has no safety checker" in CheckpointFactory.build(name=str(tmp_path / "one.safetensors")).screening_fault()


def test_the_revision_of_a_checkpoint_on_disk_is_resolved_to_its_content(tiny_folder: Path) -> None:
    checkpoint = CheckpointFactory.build(name=str(tiny_folder), revision="")
    checkpoint.full_clean()
    assert checkpoint.revision == digest_of(tiny_folder)
    assert str(checkpoint) == f"{tiny_folder}@{checkpoint.revision[7:15]}"


def test_a_checkpoint_in_use_may_get_another_checker_though_its_folder_has_changed(tmp_path: Path) -> None:
    checkpoint = CheckpointFactory.create(name=str(tmp_path), revision="sha256:" + "a" * 40)
    ConditionFactory.create(checkpoint=checkpoint)
    checkpoint.safety_checker = "bundled"
    checkpoint.full_clean()


def test_screening_is_either_by_a_checker_or_gone_without() -> None:
    with pytest.raises(ValidationError, match="not both"):
        CheckpointFactory.build(revision="", safety_checker="x", unscreened_because="y").full_clean()


def test_the_text_under_an_image_stays() -> None:
    prompt = PromptFactory.create()
    ImageFactory.create(prompt=prompt)
    prompt.text = "something else"
    with pytest.raises(ValidationError, match="has images"):
        prompt.full_clean()


def test_a_prompt_with_images_stays_in_its_set() -> None:
    prompt = ImageFactory.create().prompt
    prompt.prompt_set = PromptFactory.create().prompt_set
    with pytest.raises(ValidationError, match="Add it to the other set as a new prompt"):
        prompt.full_clean()


def test_a_prompt_set_with_images_keeps_its_name() -> None:
    prompt_set = ImageFactory.create().prompt.prompt_set
    prompt_set.name = "another"
    with pytest.raises(ValidationError, match="its name cannot change any more"):
        prompt_set.full_clean()


def test_the_phrases_that_images_were_steered_by_are_kept() -> None:
    condition = ConditionFactory.create(method="attend_and_excite", settings={"resolution": 8})
    prompt = ImageFactory.create(condition=condition).prompt
    prompt.entities = ["another phrase"]
    with pytest.raises(ValidationError, match="Images were steered by these phrases"):
        prompt.full_clean()


def test_the_phrases_of_a_prompt_whose_images_were_not_steered_may_change() -> None:
    prompt = ImageFactory.create().prompt
    prompt.entities = ["another phrase"]
    prompt.full_clean()
