"""Captioners that conditions ask for negatives: whether this machine has them, or a chat endpoint is set for them."""

from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from evalsite.doctor.checks.checkpoints import is_cached
from evalsite.doctor.findings import WARNING, WRONG, Fault, Finding, well
from generation import negatives, pretrained
from generation.digests import CONFIG
from generation.models import Condition
from generation.negatives import Source

MISSING = Fault(
    code="captioner-missing",
    level=WRONG,
    cause="A worker on this machine makes no captions with it, and images that wait for them are never drawn.",
    cure="Put the folder where its name says, or let only machines that have it take from the queue caption.",
)
CHANGED = Fault(
    code="captioner-changed",
    level=WRONG,
    cause="The content is not what conditions were made with, so a worker makes no captions with it.",
    cure="Put the old content back, or make conditions with the new one.",
)
NOT_CACHED = Fault(
    code="captioner-not-cached",
    level=WARNING,
    cause="The first worker here that needs it downloads it, if the machine reaches the hub.",
    cure="Where workers take from caption, call “hf download” with name and “--revision” as their user; elsewhere, nothing.",
)
NO_CHAT = Fault(
    code="chat-missing",
    level=WRONG,
    cause="Conditions ask a chat model for negatives or captions, and nobody says where.",
    cure="Set EVALSITE_CHAT_URL (and EVALSITE_CHAT_KEY) for the workers of the queue default, and start them anew.",
)


def check() -> Iterator[Finding]:
    sources = [source for each in Condition.objects.with_sources() for source in each.negative_sources]
    names = {(source["captioner"], source["revision"]) for source in sources if is_model(source)}
    for name, revision in sorted(names):
        yield from _faults_of(name, revision) or [well(f"The captioner {name} is here.")]
    asks_chat = any(asks_chat_model(source) for source in sources)
    if asks_chat and not settings.CHAT_URL:
        yield NO_CHAT.found("Conditions ask a chat model, and EVALSITE_CHAT_URL is empty.")
    if not names and not asks_chat:
        yield well("No condition asks a captioner or a chat model.")


def is_model(source: Source) -> bool:
    return source["source"] == negatives.AUTO_DNP and not asks_chat_model(source)


def asks_chat_model(source: Source) -> bool:
    return source["source"] == negatives.LLM or str(source.get("captioner", "")).startswith(negatives.CHAT)


def _faults_of(name: str, revision: str) -> list[Finding]:
    try:
        source = pretrained.source_of(pretrained.CAPTIONER, name)
    except pretrained.ModelNotFound as error:
        return [MISSING.found(f"{error}")]
    if not Path(source).exists():
        cached = is_cached(name, CONFIG, revision)
        return [] if cached else [NOT_CACHED.found(f"{name} is not in the cache of this machine at revision {revision}.")]
    try:
        pretrained.revision_now(pretrained.CAPTIONER, name, revision)
    except pretrained.ModelNotFound as error:
        return [CHANGED.found(f"{error}")]
    return []
