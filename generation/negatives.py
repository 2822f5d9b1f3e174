"""Where the text of a negative comes from: the sources of a condition, their settings, and how they are said in words.

A condition holds a list of sources as JSON, {"source": "auto_dnp", "captioner": "bundled"}; their texts are joined by ", ".
Desai & Vasconcelos, ECCV 2024, compare them (supplement §4.2) and add the standard list to auto-DNP. It imports no torch.
"""

import dataclasses
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from generation.methods.settings import REQUIRED, BadSettings, describe, parse, setting
from generation.pretrained import CAPTIONER, ModelNotFound, resolve_revision

TEXT, STANDARD, RANDOM, LLM = "text", "standard", "random", "llm"
AUTO_DNP, HUMAN, OF_PROMPT = "auto_dnp", "human", "prompt"
OF_DNS_IMAGES = (AUTO_DNP, HUMAN)
ASKED = (RANDOM, LLM)  # for a prompt, with an answer that is kept in a row
CHAT = "chat:"  # before the name of a vision-language model behind the chat endpoint
PEOPLE = "people: "  # before the name of a captioning study
MOST_NEW_TOKENS = 50
LONGEST_CAPTIONER = 300  # characters
DNS_SCALE = 7.5
# Desai & Vasconcelos (ECCV 2024), supplement §4.2, word for word.
OPPOSITE_REQUEST = (
    "Give negative prompt which is semantically opposite to the prompt provided. The negative prompt should help eliminate "
    "things or concepts that contradict the given prompt. Don't use negation in creating negative prompts. Exclude words like "
    "no, not, remove, etc."
)

Source: TypeAlias = Mapping[str, Any]  # as it is stored, completed


@dataclass(frozen=True, kw_only=True)
class FixedText:
    """The same text for every prompt."""

    text: str = setting(REQUIRED, "the text")


@dataclass(frozen=True, kw_only=True)
class StandardList:
    """A list of what images of low quality show, the same for every prompt."""

    list: str = setting(STANDARD, "the name of the list, as the admin's “Standard negatives” have it")
    text: str = setting("", "filled in with the list as it is when the condition is made; later changes do not reach it")


@dataclass(frozen=True, kw_only=True)
class Quotation:
    """A famous quotation, drawn for each prompt and seed: a text that has nothing to do with the prompt."""


@dataclass(frozen=True, kw_only=True)
class Opposite:
    """What a language model answers when it is asked for the opposite of the prompt; each prompt is asked about once."""

    model: str = setting("", "the model, as its chat endpoint names it; if not given, EVALSITE_CHAT_MODEL")
    request: str = setting(OPPOSITE_REQUEST, "what it is asked; the prompt follows it")


@dataclass(frozen=True, kw_only=True)
class MachineCaption:
    """What a captioner sees in the diffusion-negative image of the same prompt and seed."""

    captioner: str = setting(
        "Salesforce/blip2-opt-2.7b",
        "“bundled”, a folder, a name on the Hugging Face hub, or “chat:MODEL” for a model behind the chat endpoint",
    )
    revision: str = setting("", "filled in: the commit on the hub, or the digest of the content; none with “chat:”")
    max_new_tokens: int = setting(
        MOST_NEW_TOKENS, "the most tokens of a caption; with “chat:”, EVALSITE_CHAT_MAX_TOKENS says it", low=1, high=500
    )
    dns_scale: float = setting(
        DNS_SCALE, "guidance scale of the DNS image; if not given, the condition's own s, where it has one", low=-100, high=100
    )


@dataclass(frozen=True, kw_only=True)
class HumanCaption:
    """What people see in the diffusion-negative image of the same prompt and seed."""

    study: str = setting(REQUIRED, "the name of the captioning study in which they say it")
    dns_scale: float = setting(
        DNS_SCALE, "guidance scale of the DNS image; if not given, the condition's own s, where it has one", low=-100, high=100
    )


@dataclass(frozen=True, kw_only=True)
class OfPrompt:
    """A negative that stands beside the prompt, under a name."""

    name: str = setting(REQUIRED, "its name, for instance “related”; a prompt without it has no image")


SOURCES: dict[str, type[Any]] = {
    TEXT: FixedText,
    STANDARD: StandardList,
    RANDOM: Quotation,
    LLM: Opposite,
    AUTO_DNP: MachineCaption,
    HUMAN: HumanCaption,
    OF_PROMPT: OfPrompt,
}


@dataclass(frozen=True, kw_only=True)
class Defaults:
    """What fills in the sources of a condition: its own guidance scale, the standard lists by name, the model to be asked."""

    dns_scale: float
    lists: Mapping[str, str]
    chat_model: str


def complete(sources: Any, defaults: Defaults) -> list[dict[str, Any]]:
    """The sources, checked and filled in, each with all of its settings. Raises BadSettings that names every fault."""
    if not isinstance(sources, list):
        raise BadSettings([f"Sources must be a list, such as [{{“source”: “standard”}}], not {sources!r}."])
    completed, faults = [], []
    for source in sources:
        try:
            completed.append(_complete(source, defaults))
        except BadSettings as error:
            faults += error.sentences
    faults += [f"The source {in_words(source)} stands there twice." for source in _repeated(completed)]
    if faults:
        raise BadSettings(faults)
    return completed


def _complete(source: Any, defaults: Defaults) -> dict[str, Any]:
    if not isinstance(source, Mapping) or not isinstance(source.get("source"), str) or source["source"] not in SOURCES:
        raise BadSettings([f"A source is {{“source”: NAME}} with NAME one of {', '.join(SOURCES)}, not {source!r}."])
    name = source["source"]
    given = {key: value for key, value in source.items() if key != "source"}
    try:
        filled = dataclasses.asdict(parse(SOURCES[name], {**_own_defaults(name, defaults), **given}))
        return {"source": name, **_FILL.get(name, _as_given)(filled, defaults)}
    except BadSettings as error:
        raise BadSettings([f"{name}: {sentence}" for sentence in error.sentences]) from None


def _own_defaults(name: str, defaults: Defaults) -> dict[str, Any]:
    if name in OF_DNS_IMAGES:
        return {"dns_scale": defaults.dns_scale}
    return {"model": defaults.chat_model} if name == LLM else {}


def _as_given(filled: dict[str, Any], _defaults: Defaults) -> dict[str, Any]:
    """The settings as they are, with no text empty."""
    for name, value in filled.items():
        if isinstance(value, str) and not value.strip():
            raise BadSettings([f"“{name}” is empty."])
    return filled


def _fill_list(filled: dict[str, Any], defaults: Defaults) -> dict[str, Any]:
    text = filled["text"] or defaults.lists.get(filled["list"], "")
    if not text:
        there = ", ".join(f"“{name}”" for name in defaults.lists) or "none"
        raise BadSettings([f"There is no list “{filled['list']}”; there are: {there}. Add it to the standard negatives."])
    return {**filled, "text": text}


def _fill_model(filled: dict[str, Any], defaults: Defaults) -> dict[str, Any]:
    if not filled["model"]:
        raise BadSettings(["“model” must be given, or set EVALSITE_CHAT_MODEL."])
    return _as_given(filled, defaults)


def _fill_revision(filled: dict[str, Any], _defaults: Defaults) -> dict[str, Any]:
    name, revision = filled["captioner"], filled["revision"]
    if name.startswith(CHAT):
        if revision or name == CHAT:
            raise BadSettings(["Write “chat:” and the model behind it; it has no revision."])
        return filled
    try:
        filled = {**filled, "revision": resolve_revision(CAPTIONER, name, revision)}
    except ModelNotFound as error:
        raise BadSettings([str(error)]) from error
    if len(captioner_of({"source": AUTO_DNP, **filled})) > LONGEST_CAPTIONER:
        raise BadSettings(
            [f"The name of the captioner is too long; name a folder with a path below {LONGEST_CAPTIONER - 100}."]
        )
    return filled


_FILL: dict[str, Callable[[dict[str, Any], Defaults], dict[str, Any]]] = {
    STANDARD: _fill_list,
    LLM: _fill_model,
    AUTO_DNP: _fill_revision,
}


def _repeated(sources: Sequence[Source]) -> list[Source]:
    keys = [key_of(source) for source in sources]
    return [source for place, source in enumerate(sources) if key_of(source) in keys[:place]]


def key_of(source: Source) -> str:
    """The identity of a source: the SHA-256 of its canonical JSON."""
    canonical = json.dumps(source, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def captioner_of(source: Source) -> str:
    """Who captions the DNS images for a source, as captions name it: a model with its revision, or people of a study."""
    if source["source"] == HUMAN:
        return f"{PEOPLE}{source['study']}"
    if source["captioner"].startswith(CHAT):
        return str(source["captioner"])
    tokens = "" if source["max_new_tokens"] == MOST_NEW_TOKENS else f" ({source['max_new_tokens']} tokens)"
    return f"{source['captioner']}@{source['revision']}{tokens}"


def in_words(source: Source) -> str:
    """A source as people read it."""
    return _WORDS[source["source"]](source)


_WORDS: dict[str, Callable[[Source], str]] = {
    TEXT: lambda source: f"“{source['text']}”",
    STANDARD: lambda source: "standard list" if source["list"] == STANDARD else f"standard list “{source['list']}”",
    RANDOM: lambda _source: "a random quotation",
    LLM: lambda source: f"the opposite by {source['model']}",
    AUTO_DNP: lambda source: f"auto-DNP by {source['captioner']}{_short_revision(source)}",
    HUMAN: lambda source: f"captions of people in “{source['study']}”",
    OF_PROMPT: lambda source: f"the prompt's “{source['name']}”",
}


def _short_revision(source: Source) -> str:
    revision = source["revision"].removeprefix("sha256:")[:8]
    return f"@{revision}" if revision else ""


def describe_sources() -> list[tuple[str, str, list[str]]]:
    """Each source with what it gives, and one line for each of its settings."""
    return [(name, str(schema.__doc__), describe(schema)) for name, schema in SOURCES.items()]
