"""CLIP score by the protocol of Attend-and-Excite, as Table 7 of Desai & Vasconcelos (ECCV 2024) has it.

Chefer et al., "Attend-and-Excite: Attention-Based Semantic Guidance for Text-to-Image Diffusion Models" (SIGGRAPH 2023), §5:
*full prompt* is the cosine of an image with its whole prompt, *min. object* the smaller of its cosines with the prompt's two
halves. Both are raw cosines, and averaged over images.
"""

import re
from pathlib import Path

import numpy as np

from analysis.study_votes import FloatArray

TEMPLATES = Path(__file__).parent / "prompt_templates.txt"
SEPARATORS = (" and ", " with ")
TWO_ARTICLES = re.compile(r"\b(?:a|the) (?=an? )")


def halves(prompt: str) -> tuple[str, str] | None:
    """The two halves of a prompt: at the first " and ", else at the first " with "; None where it has neither."""
    for separator in SEPARATORS:
        first, found, second = prompt.partition(separator)
        if found:
            return first, second
    return None


def read_templates(path: Path = TEMPLATES) -> tuple[str, ...]:
    """A template a line, with {} for the prompt; lines after # say where they come from. Raises OSError."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return tuple(line for line in lines if line.strip() and not line.startswith("#"))


def texts_of(prompt: str, templates: tuple[str, ...]) -> list[str]:
    """The prompt in each template; of two articles in a row the prompt's own stays: "a photo of a cat", not "of a a cat"."""
    return [TWO_ARTICLES.sub("", template.format(prompt)) for template in templates]


def text_embedding(embeddings: FloatArray) -> FloatArray:
    """The one embedding of a prompt in several templates: normalised, averaged and normalised again.

    embeddings: shape (templates, dimensions). Returns shape (dimensions,), of length 1.
    """
    return normalised(normalised(embeddings).mean(axis=0))


def normalised(embeddings: FloatArray) -> FloatArray:
    """Of length 1, shape (…, dimensions)."""
    wide = embeddings.astype(np.float64)
    return np.asarray(wide / np.linalg.norm(wide, axis=-1, keepdims=True))


def cosines(images: FloatArray, texts: FloatArray) -> FloatArray:
    """Of each image with each text, shape (images, texts), from embeddings (images, dimensions) and (texts, dimensions)."""
    return np.asarray(normalised(images) @ normalised(texts).T)


def min_object(of_halves: FloatArray) -> FloatArray:
    """The smaller cosine of each image, shape (images,), of its cosines with the halves of its prompt, (images, 2)."""
    return np.asarray(of_halves.min(axis=1))
