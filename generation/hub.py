"""Where checkpoints are found: the bundled folder, any folder or file, or the Hugging Face hub. Nothing here imports torch."""

from pathlib import Path

from generation.digests import INDEX
from generation.revisions import Located, is_hub_name

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
    if not is_hub_name(name):
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
    return _located(name).resolve(revision)


def revision_now(name: str, revision: str) -> str:
    """The digest of a folder's or file's content, which a revision, where there is one, must be; of the hub, the revision.

    Needs no connection. Raises CheckpointNotFound.
    """
    return _located(name).now(revision)


def _located(name: str) -> Located:
    return Located("checkpoint", name, source_of(name), CheckpointNotFound)
