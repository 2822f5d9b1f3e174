"""The files of a bundle that its packing and its verification both know by name."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

SUMS = "SHA256SUMS"
OPTIONS = "options.json"
VOTES = "votes.csv"
CHECKS = "checks.csv"
PROTOCOL = "protocol.json"
IMAGES = "images.csv"
DROPS = "dropped_pairs.csv"
EXCLUSIONS = "exclusions.csv"
REPORT = "report.json"

FORMAT = 1  # of bundles: a later format gets another number, and says so to an older program


class BadOptions(ValueError):
    """Options of a bundle that this program cannot follow."""


@dataclass(frozen=True)
class Options:
    """What the numbers of a bundle depend on beside its data: resamples and seed of the bootstrap."""

    resamples: int
    seed: int
    format: int = FORMAT

    def text(self) -> str:
        """As the bundle keeps them."""
        return json.dumps(asdict(self), indent=1) + "\n"


def read_options(path: Path) -> Options:
    """The options in a bundle's file. Raises BadOptions."""
    try:
        stated = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise BadOptions(f"{OPTIONS} is not JSON: {error}") from error
    if not isinstance(stated, dict) or stated.get("format") != FORMAT:
        raise BadOptions(f"{OPTIONS} is not of format {FORMAT}; a newer version of this program may read it")
    resamples, seed = stated.get("resamples"), stated.get("seed")
    if type(resamples) is not int or type(seed) is not int or resamples < 1 or seed < 0:
        raise BadOptions(f"{OPTIONS} must give whole numbers: “resamples” from 1 and “seed” from 0")
    return Options(resamples, seed)
