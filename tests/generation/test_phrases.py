"""The phrases of prompts: by rule on the three prompt sets, and from entities."""

import json
from importlib.resources import files
from typing import Any

import pytest

from generation.phrases import NoPhrases, NotInPrompt, Phrase, Word, parse, phrases_of


def prompt_set(name: str) -> list[dict[str, Any]]:
    prompts: list[dict[str, Any]] = json.loads(files("generation").joinpath(f"data/prompt_sets/{name}.json").read_text())[
        "prompts"
    ]
    return prompts


HUMAN = {
    "a man sleeping in a hammock": ["man", "hammock"],
    "a photo of an angry man": ["photo", "angry man"],
    "a man heading a soccer ball": ["man", "soccer ball"],
    "a selfie of an old man with a white beard": ["selfie", "old man", "white beard"],
    "a photo of a boy in the moonlight": ["photo", "boy", "moonlight"],
    "a man with long blond hair and blue eyes": ["man", "long blond hair", "blue eyes"],
    "a boy eating a birthday cake near some palm trees": ["boy", "birthday cake", "palm trees"],
    "a man wearing red shirt": ["man", "red shirt"],
    "a woman in flowing pink dress": ["woman", "flowing pink dress"],
    "a man and a woman on the beach": ["man", "woman", "beach"],
    "a family picnic in a park": ["family picnic", "park"],
    "man in a prison uniform": ["man", "prison uniform"],
    "woman giving a speech at a rally": ["woman", "speech", "rally"],
    "firefighter": ["firefighter"],
    "close up of a bride and groom": ["bride", "groom"],
    "a mother reading to her child": ["mother", "child"],
    "the mona lisa": ["mona lisa"],
    "a woman applying lipstick": ["woman", "lipstick"],
    "people dressed up for halloween": ["people", "halloween"],
    "a dancing couple": ["dancing couple"],
    "a close up of a smiling man": ["smiling man"],
    "close up of morgan freeman in a red suit": ["morgan freeman", "red suit"],
    "a farmer holding a giant pumpkin": ["farmer", "giant pumpkin"],
    "a girl spinning a hula hoop": ["girl", "hula hoop"],
}
HAND = {
    "the hands of a single person holding a basketball": ["hands", "single person", "basketball"],
    "close up of hands while playing a clarinet": ["hands", "clarinet"],
    "a tattooed hand": ["tattooed hand"],
    "a closed fist": ["closed fist"],
    "man giving a thumbs up": ["man", "thumbs"],
    "hand with a ring on one finger": ["hand", "ring", "finger"],
    "hands doing pottery": ["hands", "pottery"],
    "hands chopping with a knife": ["hands", "knife"],
    "hands on a steering wheel": ["hands", "steering wheel"],
    "hands making shadow puppets": ["hands", "shadow puppets"],
    "holding playing cards": ["playing cards"],
    "wearing a watch": ["watch"],
    "writing with hand": ["hand"],
    "close up of man praying": ["man"],
    "a three-fingered alien hand": ["three-fingered alien hand"],
    "saluting hand": ["saluting hand"],
    "hands of a baby": ["hands", "baby"],
}


@pytest.mark.parametrize(("prompt", "expected"), (HUMAN | HAND).items())
def test_the_rule_finds_the_phrases_of_a_prompt(prompt: str, expected: list[str]) -> None:
    assert [str(phrase) for phrase in parse(prompt)] == expected


@pytest.mark.parametrize(("name", "by_hand"), [("human", HUMAN), ("hand", HAND)])
def test_the_prompts_read_by_hand_are_those_of_the_sets(name: str, by_hand: dict[str, list[str]]) -> None:
    texts = {prompt["text"] for prompt in prompt_set(name)}
    assert set(by_hand) <= texts
    assert all(parse(text) for text in texts)


def test_the_rule_finds_the_entities_of_every_prompt_of_attend_and_excite() -> None:
    prompts = prompt_set("attend_and_excite")
    assert len(prompts) == 276
    wrong = [prompt["text"] for prompt in prompts if parse(prompt["text"]) != phrases_of(prompt["text"], prompt["entities"])]
    assert wrong == []


def test_a_phrase_knows_where_it_stands() -> None:
    assert parse("a red ring") == (Phrase(Word("ring", 6, 10), (Word("red", 2, 5),)),)


def test_entities_go_before_the_rule() -> None:
    phrases = phrases_of("live long and prosper hand sign", ["hand sign"])
    assert [str(phrase) for phrase in phrases] == ["hand sign"]


def test_an_entity_that_is_said_twice_has_a_place_each_time() -> None:
    phrases = phrases_of("a dog and a dog", ["a dog", "a dog"])
    assert [phrase.noun.start for phrase in phrases] == [2, 12]


def test_an_entity_is_found_as_whole_words_in_any_case() -> None:
    (phrase,) = phrases_of("A catfish, a Red cat", ["a red cat"])
    assert (phrase.noun, phrase.modifiers) == (Word("cat", 17, 20), (Word("Red", 13, 16),))


def test_an_entity_of_several_phrases_has_them_all_and_one_of_verbs_is_taken_as_it_is() -> None:
    assert [str(phrase) for phrase in phrases_of("a glass of wine, running", ["a glass of wine"])] == ["glass", "wine"]
    assert [str(phrase) for phrase in phrases_of("a man running", ["running"])] == ["running"]


@pytest.mark.parametrize("entities", [["a cat"], ["a dog", "a dog"], ["a do"], [""]])
def test_an_entity_that_the_prompt_does_not_say_is_refused(entities: list[str]) -> None:
    with pytest.raises(NotInPrompt, match=r"“a red dog and a dog” does not say “.*write the entity word by word"):
        phrases_of("a red dog and a dog", entities)


@pytest.mark.parametrize("prompt", ["", "in the", "running", "!"])
def test_a_prompt_without_any_phrase_asks_for_entities(prompt: str) -> None:
    with pytest.raises(NoPhrases, match="give the prompt its entities"):
        phrases_of(prompt, ())
