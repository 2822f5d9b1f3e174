import json
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command

from generation import drawn_prompts
from generation.bundled.world import FLAGGED_SHAPE, entities_of, is_held_out
from generation.models import Prompt, PromptSet
from generation.packaged import PROMPT_SETS
from generation.prompts import BadPromptFile, load
from tests.factories_generation import ConditionFactory, ImageFactory, PromptFactory

# Subsets of the Attend-and-Excite paper: C(12, 2), 12 × 12, C(12, 2).
SUBSETS = {"animal-animal": 66, "animal-object": 144, "object-object": 66}


def texts(file: str) -> list[str]:
    return [prompt["text"] for prompt in json.loads((PROMPT_SETS / file).read_text())["prompts"]]


@pytest.mark.parametrize("file", drawn_prompts.files())
def test_the_drawing_gives_the_file_again(file: str) -> None:
    assert (PROMPT_SETS / file).read_text(encoding="utf-8") == drawn_prompts.files()[file]


@pytest.mark.parametrize("kind", ["one", "two", "three", "alike", "flagged"])
def test_prompts_of_the_bundled_world_were_kept_out_of_its_training(kind: str) -> None:
    assert all(is_held_out(entities_of(text)) for text in texts(f"shapes_{kind}.json"))


def test_every_prompt_of_the_flagged_set_names_the_flagged_shape() -> None:
    assert all(FLAGGED_SHAPE in text for text in texts("shapes_flagged.json"))


@pytest.mark.parametrize(
    ("file", "count"),
    [
        ("attend_and_excite.json", 276),
        ("human.json", 40),
        ("hand.json", 25),
        ("shapes_one.json", 8),
        ("shapes_two.json", 40),
        ("shapes_three.json", 40),
        ("shapes_alike.json", 40),
    ],
)
def test_a_set_has_its_number_of_different_prompts(file: str, count: int) -> None:
    assert len(set(texts(file))) == len(texts(file)) == count


@pytest.mark.django_db
def test_the_packaged_sets_load_with_the_subsets_of_attend_and_excite() -> None:
    call_command("load_prompt_sets")
    found = {subset: Prompt.objects.filter(prompt_set__name="A&E", subset=subset).count() for subset in SUBSETS}
    assert found == SUBSETS


def test_loading_a_file_needs_nothing_of_how_the_packaged_ones_were_drawn() -> None:
    check = "import sys, django; django.setup(); import generation.prompts; sys.exit('generation.drawn_prompts' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", check], check=False).returncode == 0


@pytest.mark.django_db
def test_loading_again_changes_nothing() -> None:
    call_command("load_prompt_sets")
    before = list(Prompt.objects.values())
    call_command("load_prompt_sets")
    assert list(Prompt.objects.values()) == before
    assert PromptSet.objects.count() == 8  # A&E, Human, Hand, five of the bundled world


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("{", "not a prompt set in JSON"),
        ('{"name": "mine"}', "“name” and “prompts”"),
        ('{"name": "mine", "prompts": []}', "at least one prompt"),
        ('{"name": "mine", "prompts": [{"text": "a cat"}, {"text": ""}]}', "prompt 2"),
        ('{"name": "mine", "prompts": [{"text": "a cat", "entities": "cat"}]}', "prompt 1"),
        ('{"name": "mine", "prompts": [{"text": "a cat"}, {"text": "a cat"}]}', "twice"),
    ],
)
def test_a_bad_file_says_why_and_stores_nothing(tmp_path: Path, content: str, sentence: str) -> None:
    path = tmp_path / "mine.json"
    path.write_text(content)
    with pytest.raises(BadPromptFile, match=sentence):
        load(path)
    assert not PromptSet.objects.exists()


def test_the_words_of_attend_and_excite_are_those_of_its_table() -> None:
    prompts = [prompt for prompt in drawn_prompts.attend_and_excite() if prompt.subset == "object-object"]
    colors = [phrase.split()[1] for prompt in prompts for phrase in prompt.entities]
    # Desai & Vasconcelos (2024), supplement, Table 1.
    assert set(colors) == set("red orange yellow green blue purple pink brown gray black white".split())  # noqa: SIM905
    assert all(first != second for first, second in zip(colors[::2], colors[1::2], strict=True))


@pytest.mark.django_db
def test_negatives_that_images_were_drawn_with_stay(tmp_path: Path) -> None:
    prompt = PromptFactory.create(text="a feast", negatives={"related": "candles"})
    sources = [{"source": "prompt", "name": "related"}]
    condition = ConditionFactory.create(method="negative_prompt", negative_sources=sources)
    ImageFactory.create(prompt=prompt, condition=condition, negatives=[{**sources[0], "text": "candles"}])
    path = tmp_path / "set.json"
    changed = {"text": "a feast", "negatives": {"related": "flowers"}}
    path.write_text(json.dumps({"name": prompt.prompt_set.name, "prompts": [changed]}))
    with pytest.raises(BadPromptFile, match="“a feast”: Images were drawn with these"):
        load(path)
    prompt.refresh_from_db()
    assert prompt.negatives == {"related": "candles"}
