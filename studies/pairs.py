"""Lists of prompt–seed pairs as researchers write them: one a line, the seed, a blank, the prompt."""

import re
from typing import NamedTuple

from django.core.exceptions import ValidationError

from generation.seeds import LARGEST_SEED


class ListedPair(NamedTuple):
    """A line of the list, counted from 1, and what it names."""

    line: int
    seed: int
    text: str


def parse_pairs(text: str) -> list[ListedPair]:
    """The pairs listed, blank lines left out. Raises ValidationError that names every faulty line."""
    lines = [(number, line.strip()) for number, line in enumerate(text.splitlines(), start=1) if line.strip()]
    matches = [(number, re.fullmatch(r"(\d+)\s+(\S.*)", line)) for number, line in lines]
    pairs = [ListedPair(number, int(match[1]), match[2]) for number, match in matches if match]
    faults = [f"Line {number}: write a seed, a blank and a prompt." for number, match in matches if not match]
    faults += [f"Line {pair.line}: a seed must stay below 2^63." for pair in pairs if pair.seed > LARGEST_SEED]
    if faults:
        raise ValidationError(faults)
    return pairs


def validate_pairs(text: str) -> None:
    parse_pairs(text)
