"""Random negatives: famous quotations, drawn for a prompt and a seed.

Desai & Vasconcelos (ECCV 2024, supplement §4.2, Table 5) take quotations from a public collection, to see how much any text
at all does. Ours are in the public domain: their authors, and translators, died before 1926.
"""

import functools
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

FILE = Path(__file__).parent / "data" / "quotations.json"


@dataclass(frozen=True)
class Quotation:
    """A quotation, short enough for the 77 tokens of CLIP's text encoder."""

    text: str
    author: str
    work: str


@functools.cache
def quotations() -> tuple[Quotation, ...]:
    """All of them. Their order belongs to the draw: another one, or one more, changes what is drawn from then on."""
    return tuple(Quotation(**entry) for entry in json.loads(FILE.read_text(encoding="utf-8")))


def draw(prompt_text: str, seed: int) -> str:
    """The text of the quotation for this prompt and seed: any of them equally likely, the same on every machine."""
    digest = hashlib.sha256(f"{seed}\n{prompt_text}".encode()).digest()
    return quotations()[int.from_bytes(digest) % len(quotations())].text
