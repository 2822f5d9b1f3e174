"""The sources of negatives: their settings, how they are filled in, and how they are told."""

import hashlib
from pathlib import Path
from typing import Any

import pytest

from generation.digests import digest_of
from generation.methods.settings import BadSettings
from generation.negatives import SOURCES, Defaults, captioner_of, complete, describe_sources, in_words, key_of
from tests.tiny_captioners import build_blip

DEFAULTS = Defaults(dns_scale=3.0, lists={"standard": "blurry, ugly"}, chat_model="gpt-3.5-turbo-0613")
COMMIT = "0123456789abcdef" * 2 + "01234567"


def filled(**source: Any) -> dict[str, Any]:
    (completed,) = complete([source], DEFAULTS)
    return completed


def faults(*sources: Any) -> list[str]:
    with pytest.raises(BadSettings) as caught:
        complete(list(sources), DEFAULTS)
    return caught.value.sentences


def test_a_source_is_filled_in_with_its_defaults() -> None:
    assert filled(source="standard") == {"source": "standard", "list": "standard", "text": "blurry, ugly"}
    assert filled(source="random") == {"source": "random"}
    assert filled(source="human", study="A") == {"source": "human", "study": "A", "dns_scale": 3.0}
    blip2 = filled(source="auto_dnp", revision=COMMIT)
    assert (blip2["captioner"], blip2["max_new_tokens"], blip2["dns_scale"]) == ("Salesforce/blip2-opt-2.7b", 50, 3.0)


def test_a_language_model_is_asked_in_the_words_of_the_paper() -> None:
    """Desai & Vasconcelos (ECCV 2024), supplement §4.2, line breaks aside."""
    asked = filled(source="llm")
    assert asked["model"] == "gpt-3.5-turbo-0613"
    assert asked["request"].startswith("Give negative prompt which is semantically opposite to the prompt provided.")
    assert asked["request"].endswith("Exclude words like no, not, remove, etc.")


def test_filling_in_twice_changes_nothing() -> None:
    sources = [{"source": "standard"}, {"source": "llm"}, {"source": "auto_dnp", "revision": COMMIT}]
    once = complete(sources, DEFAULTS)
    assert complete(once, Defaults(dns_scale=9.0, lists={}, chat_model="another")) == once


def test_the_revision_of_a_captioner_on_disk_is_the_digest_of_its_content(tmp_path: Path) -> None:
    folder = build_blip(tmp_path)
    assert filled(source="auto_dnp", captioner=str(folder))["revision"] == digest_of(folder)


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        ("standard", "A source is {“source”: NAME} with NAME one of text, standard, random"),
        ({"source": "dream"}, "A source is {“source”: NAME} with NAME one of text, standard, random"),
        ({"source": "text"}, "text: “text” must be given: the text."),
        ({"source": "text", "text": " "}, "text: “text” is empty."),
        ({"source": "standard", "list": "mine"}, "standard: There is no list “mine”; there are: “standard”."),
        ({"source": "random", "seed": 1}, "random: “seed” is not a setting here"),
        ({"source": "human"}, "human: “study” must be given: the name of the captioning study"),
        ({"source": "auto_dnp", "captioner": "chat:"}, "auto_dnp: Write “chat:” and the model behind it"),
        ({"source": "auto_dnp", "captioner": "chat:gpt", "revision": "1"}, "auto_dnp: Write “chat:” and the model behind it"),
        ({"source": "auto_dnp", "captioner": "nowhere"}, "auto_dnp: “nowhere” is neither “bundled”, nor a folder"),
        ({"source": "auto_dnp", "captioner": "a/" + "b" * 300, "revision": COMMIT}, "auto_dnp: The name of the captioner"),
        ({"source": "human", "study": "A", "dns_scale": 1000}, "human: “dns_scale” must be a finite number"),
    ],
)
def test_a_source_that_will_not_do_says_why(source: Any, fault: str) -> None:
    (said,) = faults(source)
    assert said.startswith(fault)


def test_a_model_must_be_named_somewhere() -> None:
    nameless = Defaults(dns_scale=7.5, lists={}, chat_model="")
    with pytest.raises(BadSettings, match="“model” must be given, or set EVALSITE_CHAT_MODEL"):
        complete([{"source": "llm"}], nameless)


def test_sources_are_a_list_without_repeats() -> None:
    assert faults({"source": "random"}, {"source": "random"}) == ["The source a random quotation stands there twice."]
    with pytest.raises(BadSettings, match="Sources must be a list"):
        complete({"source": "random"}, DEFAULTS)


def test_every_fault_is_told() -> None:
    assert len(faults({"source": "text"}, {"source": "human"}, {"source": "dream"})) == 3


def test_the_key_of_a_source_is_the_digest_of_its_canonical_json() -> None:
    assert key_of({"source": "random"}) == hashlib.sha256(b'{"source":"random"}').hexdigest()
    assert key_of({"b": 1, "a": "ä"}) == hashlib.sha256('{"a":"ä","b":1}'.encode()).hexdigest()


@pytest.mark.parametrize(
    ("source", "captioner"),
    [
        ({"source": "human", "study": "DNS images"}, "people: DNS images"),
        ({"source": "auto_dnp", "captioner": "chat:gpt-4-vision-preview"}, "chat:gpt-4-vision-preview"),
        ({"source": "auto_dnp", "revision": COMMIT}, f"Salesforce/blip2-opt-2.7b@{COMMIT}"),
        ({"source": "auto_dnp", "revision": COMMIT, "max_new_tokens": 9}, f"Salesforce/blip2-opt-2.7b@{COMMIT} (9 tokens)"),
    ],
)
def test_captions_name_their_captioner(source: dict[str, Any], captioner: str) -> None:
    assert captioner_of(filled(**source)) == captioner


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ({"source": "text", "text": "fog"}, "“fog”"),
        ({"source": "standard"}, "standard list"),
        ({"source": "standard", "list": "mine", "text": "fog"}, "standard list “mine”"),
        ({"source": "random"}, "a random quotation"),
        ({"source": "llm"}, "the opposite by gpt-3.5-turbo-0613"),
        ({"source": "auto_dnp", "revision": COMMIT}, "auto-DNP by Salesforce/blip2-opt-2.7b@01234567"),
        ({"source": "auto_dnp", "captioner": "chat:gpt"}, "auto-DNP by chat:gpt"),
        ({"source": "human", "study": "DNS images"}, "captions of people in “DNS images”"),
        ({"source": "prompt", "name": "related"}, "the prompt's “related”"),
    ],
)
def test_sources_are_told_in_words(source: dict[str, Any], words: str) -> None:
    assert in_words(filled(**source)) == words


def test_every_source_and_setting_is_described() -> None:
    described = describe_sources()
    assert [name for name, _, _ in described] == list(SOURCES)
    assert {line.partition(" ")[0] for _, _, settings in described for line in settings} >= {"captioner", "study", "dns_scale"}
