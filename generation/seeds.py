"""Lists of seeds as researchers write them: "0-3, 17"."""

import re

from django.core.exceptions import ValidationError

MOST_SEEDS = 10_000
LARGEST_SEED = 2**63 - 1


def parse_seeds(text: str) -> list[int]:
    """The seeds that "0-3, 17" means, sorted and without repeats. Raises ValidationError for anything else."""
    seeds: set[int] = set()
    for part in text.split(","):
        seeds.update(_range(part.strip()))
        if len(seeds) > MOST_SEEDS:
            raise ValidationError(f"These are too many seeds; write at most {MOST_SEEDS}.")
    return sorted(seeds)


def _range(part: str) -> range:
    match = re.fullmatch(r"([0-9]{1,19})(?:\s*-\s*([0-9]{1,19}))?", part)
    if not match:
        raise ValidationError(f"“{part}” is neither a seed nor a range; write for instance 0-3, 17.")
    low, high = int(match[1]), int(match[2] or match[1])
    if not low <= high <= LARGEST_SEED or high - low >= MOST_SEEDS:
        raise ValidationError(f"“{part}” must rise, hold at most {MOST_SEEDS} seeds and stay below 2^63.")
    return range(low, high + 1)


def validate_seeds(text: str) -> None:
    """Raises ValidationError for a text that parse_seeds refuses."""
    parse_seeds(text)
