"""Where checkpoints are found: the bundled folder, any folder or file, or the Hugging Face hub. Nothing here imports torch."""

import re
from pathlib import Path

from huggingface_hub import HfApi
from huggingface_hub.errors import HFValidationError
from huggingface_hub.utils import httpx  # type: ignore[attr-defined]  # exported, but not for mypy to see

from generation.digests import INDEX, digest_of

BUNDLED = "bundled"
BUNDLED_FOLDER = Path(__file__).parent / "bundled" / "weights"
SINGLE_FILE = ".safetensors"


class CheckpointNotFound(LookupError):
    """No checkpoint by that name and revision can be reached."""


def source_of(name: str) -> str:
    """What to load for a checkpoint's name: a folder, a file, or the name itself if it is one of the hub.

    Raises CheckpointNotFound for a folder that is none, or holds no checkpoint.
    """
    path = BUNDLED_FOLDER if name == BUNDLED else Path(name)
    if (path / INDEX).is_file() or (path.suffix == SINGLE_FILE and path.is_file()):
        return str(path)
    if name == BUNDLED:
        raise CheckpointNotFound(
            f"There is no {INDEX} in {path}; train the bundled model with python -m generation.bundled.training."
        )
    if path.is_dir():
        raise CheckpointNotFound(f"There is no {INDEX} in {path}; name a folder in the format of diffusers' save_pretrained.")
    if path.suffix == SINGLE_FILE:
        raise CheckpointNotFound(f"There is no file {path}; give the whole path of a {SINGLE_FILE} file.")
    if not re.fullmatch(r"[\w.-]+/[\w.-]+", name) or name.startswith("."):
        raise CheckpointNotFound(
            f"“{name}” is neither “{BUNDLED}”, nor a folder, nor a {SINGLE_FILE} file, nor a hub name such as "
            f"CompVis/stable-diffusion-v1-4."
        )
    return name


def resolve_revision(name: str, revision: str = "") -> str:
    """What a revision of a checkpoint means now, in full.

    Of the hub (a branch, a tag, nothing): the commit, 40 hexadecimal digits; a full commit needs no connection. Of a folder or
    a file: the digest of its content. Raises CheckpointNotFound.
    """
    source = source_of(name)
    if Path(source).exists():
        return _content(name, source, revision)
    if re.fullmatch(r"[0-9a-f]{40}", revision):
        return revision
    try:
        commit = HfApi().model_info(name, revision=revision or None).sha
    except (httpx.HTTPError, HFValidationError, OSError) as error:
        raise CheckpointNotFound(
            f"The hub tells no commit of {name}{revision and f' at “{revision}”'}; check name, revision and connection, "
            f"or give the full commit from https://huggingface.co/{name}/commits/main."
        ) from error
    return str(commit)


def revision_now(name: str, revision: str) -> str:
    """The digest of a folder's or file's content, which a revision, where there is one, must be; of the hub, the revision.

    Needs no connection. Raises CheckpointNotFound.
    """
    source = source_of(name)
    return _content(name, source, revision) if Path(source).exists() else revision


def _content(name: str, source: str, revision: str) -> str:
    """The digest of a folder or file, which a revision, where there is one, must be."""
    digest = digest_of(Path(source))
    if revision in ("", digest):
        return digest
    if re.fullmatch(r"sha256:[0-9a-f]+", revision):
        raise CheckpointNotFound(
            f"What is at “{name}” has changed: it is {digest} now, not {revision}. Add the checkpoint again, to make images "
            f"with its new content, or put the old content back."
        )
    raise CheckpointNotFound(f"“{name}” lies on disk and has no revision “{revision}”; leave the revision empty.")
