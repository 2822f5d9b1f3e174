"""Names of studies as names of folders."""

import re
import unicodedata
from collections.abc import Iterable

MOST_LETTERS = 60


def slugs(studies: Iterable[str]) -> dict[str, str]:
    """A folder's name for each study: lower case letters, digits and hyphens only, and no two alike."""
    taken: dict[str, str] = {}
    for study in studies:
        slug = _slug(study)
        number = 2
        name = slug
        while name in taken.values():
            name, number = f"{slug}-{number}", number + 1
        taken[study] = name
    return taken


def _slug(study: str) -> str:
    plain = unicodedata.normalize("NFKD", study).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:MOST_LETTERS].strip("-") or "study"
