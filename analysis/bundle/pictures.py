"""Whether a bundle has the images that its votes were given on, as they were then."""

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path

import pandas as pd

COLUMNS = ("prompt_set", "prompt", "seed", "condition", "file", "sha256")

Key = tuple[str, str, str, str]


class BadImageList(ValueError):
    """An images.csv that is not as docs/bundle.md describes it."""


def read_image_list(path: Path) -> dict[Key, tuple[str, str]]:
    """The file and the digest of each image, by prompt set, prompt, seed and condition. Raises BadImageList."""
    found: dict[Key, tuple[str, str]] = {}
    try:
        with path.open(encoding="utf-8", newline="") as file:
            for line in csv.DictReader(file, restval=""):
                *key, name, digest = (line[column] for column in COLUMNS)
                found[key[0], key[1], key[2], key[3]] = name, digest
    except (KeyError, ValueError, csv.Error) as error:
        raise BadImageList(f"{path.name} is not CSV with the columns {', '.join(COLUMNS)}: {error!r}") from error
    return found


def image_faults(listed: Mapping[Key, tuple[str, str]], digests: Mapping[str, str | None]) -> Iterator[str]:
    """Images that are not there or have other content than the list says; digests: of the bundle's files, by path."""
    for name, digest in listed.values():
        if name not in digests:
            yield f"{name}: images.csv names it, but it is not there"
        elif digests[name] != digest:
            yield f"{name}: it is not the image that images.csv gives the digest of"


def unseen_faults(listed: Mapping[Key, tuple[str, str]], votes: pd.DataFrame) -> Iterator[str]:
    """Images that votes were given on and that images.csv does not name."""
    shown = votes[["prompt_set", "prompt", "seed", "shown"]].drop_duplicates()
    keys = (
        (str(prompt_set), str(prompt), str(seed), condition)
        for prompt_set, prompt, seed, order in shown.itertuples(index=False)
        for condition in str(order).split("|")
    )
    for prompt_set, prompt, seed, condition in dict.fromkeys(keys):
        if (prompt_set, prompt, seed, condition) not in listed:
            yield f"images.csv does not name one that was voted on: {condition}, “{prompt}”, seed {seed} ({prompt_set})"
