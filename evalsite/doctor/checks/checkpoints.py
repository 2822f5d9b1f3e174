"""Checkpoints that conditions use: whether this machine has them, with the content that they were added with, and screened."""

from collections.abc import Iterator
from pathlib import Path

from huggingface_hub import try_to_load_from_cache

from evalsite.doctor.findings import WARNING, WRONG, Fault, Finding, well
from generation import hub
from generation.digests import INDEX
from generation.models import Checkpoint
from generation.revisions import is_hub_name

MISSING = Fault(
    code="checkpoint-missing",
    level=WRONG,
    cause="A worker on this machine makes no image of its conditions.",
    cure="Put the folder or file where its name says, or let only machines that have it take from the queue gpu.",
)
CHANGED = Fault(
    code="checkpoint-changed",
    level=WRONG,
    cause="The content is not what the checkpoint was added with; a worker draws nothing with it, so that no images differ "
    "under one name.",
    cure="Put the old content back, or add the checkpoint again and make conditions with it.",
)
NOT_CACHED = Fault(
    code="checkpoint-not-cached",
    level=WARNING,
    cause="The first worker here that needs it downloads it, if the machine reaches the hub.",
    cure="Where workers take from gpu, call “hf download” with its name and “--revision” as their user; elsewhere, nothing.",
)
NO_CHECKER = Fault(
    code="safety-checker-missing",
    level=WRONG,
    cause="Its images cannot be screened, and so fail.",
    cure="Name a safety checker in the checkpoint (CompVis/stable-diffusion-v1-4 has one), or say there why none is needed.",
)
CHECKER_NOT_CACHED = Fault(
    code="safety-checker-not-cached",
    level=WARNING,
    cause="The first worker here that needs it downloads it, if the machine reaches the hub.",
    cure="Where workers take from gpu, call “hf download” with its name as their user; elsewhere, nothing.",
)

CHECKER_FILES = ("safety_checker/config.json", "config.json")  # in a pipeline, or by itself


def check() -> Iterator[Finding]:
    used = Checkpoint.objects.filter(condition__isnull=False).distinct().order_by("name", "revision")
    for checkpoint in used:
        # Of content that is not here, nobody can say who screens its images.
        yield from [*_of_content(checkpoint)] or [*_of_checker(checkpoint)] or [well(f"{checkpoint} is here.")]
    if not used:
        yield well("No condition uses a checkpoint yet.")


def _of_content(checkpoint: Checkpoint) -> Iterator[Finding]:
    try:
        source = hub.source_of(checkpoint.name)
    except hub.CheckpointNotFound as error:
        yield MISSING.found(f"{error}")
        return
    if not Path(source).exists():
        if not is_cached(checkpoint.name, INDEX, checkpoint.revision):
            yield NOT_CACHED.found(f"{checkpoint.name} is not in the cache of this machine at revision {checkpoint.revision}.")
        return
    try:
        hub.revision_now(checkpoint.name, checkpoint.revision)
    except hub.CheckpointNotFound as error:
        yield CHANGED.found(f"{error}")
        return
    if fault := checkpoint.revision_fault():
        yield CHANGED.found(fault)


def _of_checker(checkpoint: Checkpoint) -> Iterator[Finding]:
    """The checkpoint's own, or the one that it names."""
    name = checkpoint.safety_checker
    if not name:
        if fault := checkpoint.screening_fault():
            yield NO_CHECKER.found(fault)
        return
    folder = hub.BUNDLED_FOLDER if name == hub.BUNDLED else Path(name)
    if folder.is_dir():
        if not any((folder / file).is_file() for file in CHECKER_FILES):
            yield NO_CHECKER.found(f"The safety checker {name} of {checkpoint} is a folder without a {CHECKER_FILES[0]}.")
    elif not is_hub_name(name):
        yield NO_CHECKER.found(f"The safety checker {name} of {checkpoint} is neither a folder nor a name of the hub.")
    elif not any(is_cached(name, file) for file in CHECKER_FILES):
        yield CHECKER_NOT_CACHED.found(f"The safety checker {name} of {checkpoint} is not in the cache of this machine.")


def is_cached(name: str, file: str, revision: str = "") -> bool:
    """Whether a file of the hub was downloaded to this machine, at that commit."""
    return isinstance(try_to_load_from_cache(name, file, revision=revision or None), str)
