"""Reading the models that measure: by name and revision, from a folder or the hub, or a sentence that says what to get."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import PIL.Image
import torch
from huggingface_hub.errors import HFValidationError
from safetensors import SafetensorError

from analysis.automatic.not_measurable import NotMeasurable

Images = Sequence[PIL.Image.Image]

BATCH = 32  # images at a time
AUTO = "auto"


def device_of(name: str) -> torch.device:
    """The device of that name, "cuda:0" say; of "auto" a GPU if there is one."""
    return torch.device(("cuda" if torch.cuda.is_available() else "cpu") if name == AUTO else name)


@contextmanager
def missing_told(what: str, source: str, revision: str) -> Iterator[None]:
    """Turn what keeps a model from being loaded into NotMeasurable."""
    try:
        yield
    except (OSError, ValueError, KeyError, RuntimeError, HFValidationError, SafetensorError) as error:
        raise NotMeasurable(
            f"{what} could not be loaded from {source}{revision and f' at revision {revision}'}; check the name, the revision "
            f"and the connection, or download it with “hf download {source} --local-dir FOLDER” and give that folder. "
            f"({type(error).__name__}: {error})"
        ) from error


def batches(images: Images) -> Iterator[Images]:
    """The images, BATCH at a time."""
    return (images[start : start + BATCH] for start in range(0, len(images), BATCH))
