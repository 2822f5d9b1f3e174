"""Where checkpoints are found: the bundled folder, any folder, or the Hugging Face hub. Nothing here imports torch."""

import re
from pathlib import Path

from huggingface_hub import HfApi
from huggingface_hub.errors import HFValidationError
from huggingface_hub.utils import httpx  # type: ignore[attr-defined]  # exported, but not for mypy to see

BUNDLED = "bundled"
BUNDLED_FOLDER = Path(__file__).parent / "bundled" / "weights"
INDEX = "model_index.json"


class CheckpointNotFound(LookupError):
    """No checkpoint by that name and revision can be reached."""


def source_of(name: str) -> str:
    """What to load for a checkpoint's name: a folder, or the name itself if it is one of the hub.

    Raises CheckpointNotFound for a folder that is none, or holds no checkpoint.
    """
    folder = BUNDLED_FOLDER if name == BUNDLED else Path(name)
    if (folder / INDEX).is_file():
        return str(folder)
    if name == BUNDLED:
        raise CheckpointNotFound(
            f"There is no {INDEX} in {folder}; train the bundled model with python -m generation.bundled.training."
        )
    if folder.is_dir():
        raise CheckpointNotFound(f"There is no {INDEX} in {folder}; name a folder in the format of diffusers' save_pretrained.")
    if not re.fullmatch(r"[\w.-]+/[\w.-]+", name) or name.startswith("."):
        raise CheckpointNotFound(
            f"“{name}” is neither “{BUNDLED}”, nor a folder, nor a hub name such as CompVis/stable-diffusion-v1-4."
        )
    return name


def resolve_revision(name: str, revision: str = "") -> str:
    """The commit, 40 hexadecimal digits, that a revision (a branch, a tag, nothing) of a hub checkpoint means now.

    Empty for the bundled checkpoint and for folders, which have no revisions. A full commit needs no connection.
    Raises CheckpointNotFound.
    """
    if source_of(name) != name or Path(name).is_dir():
        return _no_revision(name, revision)
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


def _no_revision(name: str, revision: str) -> str:
    if revision:
        raise CheckpointNotFound(f"“{name}” is a folder and has no revision “{revision}”; leave the revision empty.")
    return ""
