"""Where models other than checkpoints are found: the bundled folders, any folder, or the Hugging Face hub.

They read images: a captioner says what is there, a CLIP model how well a text fits, a classifier which class. Nothing here
imports torch.
"""

from pathlib import Path

from generation.digests import CONFIG
from generation.revisions import Located, is_hub_name

BUNDLED = "bundled"
CAPTIONER, CLIP, CLASSIFIER = "captioner", "clip", "classifier"
BUNDLED_FOLDERS = {kind: Path(__file__).parent / "bundled" / kind for kind in (CAPTIONER, CLIP, CLASSIFIER)}
EXAMPLES = {
    CAPTIONER: "Salesforce/blip2-opt-2.7b",
    CLIP: "openai/clip-vit-large-patch14",
    CLASSIFIER: "microsoft/resnet-50",
}


class ModelNotFound(LookupError):
    """No model of that kind can be reached by that name and revision."""


def source_of(kind: str, name: str) -> str:
    """What to hand to from_pretrained for a model's name: a folder, or the name itself if it is one of the hub.

    kind: CAPTIONER, CLIP or CLASSIFIER. Raises ModelNotFound for a folder that is none, or holds no such weights.
    """
    path = BUNDLED_FOLDERS[kind] if name == BUNDLED else Path(name)
    if (path / CONFIG).is_file() and any(path.glob("*.safetensors")):
        return str(path)
    if name == BUNDLED:
        raise ModelNotFound(f"There is no {kind} in {path}; train it with python -m generation.bundled.training --only {kind}.")
    if path.is_dir():
        raise ModelNotFound(
            f"There are no {CONFIG} and .safetensors weights in {path}; name a folder in the format of transformers' "
            f"save_pretrained."
        )
    if not is_hub_name(name):
        raise ModelNotFound(f"“{name}” is neither “{BUNDLED}”, nor a folder, nor a hub name such as {EXAMPLES[kind]}.")
    return name


def resolve_revision(kind: str, name: str, revision: str = "") -> str:
    """What a revision of a model means now, in full: the commit of the hub, or the digest of a folder's content.

    A full commit needs no connection. Raises ModelNotFound.
    """
    return _located(kind, name).resolve(revision)


def revision_now(kind: str, name: str, revision: str) -> str:
    """The digest of a folder's content, which a revision, where there is one, must be; of the hub, the revision.

    Needs no connection. Raises ModelNotFound.
    """
    return _located(kind, name).now(revision)


def _located(kind: str, name: str) -> Located:
    return Located(kind, name, source_of(kind, name), ModelNotFound)
