"""exclusions.csv: what was left out and why, by condition: votes by what they chose, images by what they were of."""

import csv
import io
from collections import Counter
from pathlib import Path

import pandas as pd

from analysis.judges import NO_CLEAR_WINNER

COLUMNS = ("what", "condition", "reason", "number")
DROP_COLUMNS = ("prompt_set", "prompt", "seed", "condition")
FLAGGED = "flagged as NSFW"


def exclusions_text(votes: pd.DataFrame, dropped: Counter[str]) -> str:
    """The lines of the file, each condition's images with their number, which may be 0.

    votes: one study's, made by `read_votes`. dropped: flagged images by condition.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    conditions = str(votes["conditions"].iloc[0]).split("|")
    writer.writerows(_votes(votes, [NO_CLEAR_WINNER, *conditions]))
    writer.writerows(("image", condition, FLAGGED, dropped[condition]) for condition in conditions)
    return out.getvalue()


def dropped_images(path: Path) -> Counter[str]:
    """How many images of each condition are in a file of dropped pairs. Raises KeyError for a file without the column."""
    with path.open(encoding="utf-8", newline="") as file:
        return Counter(line["condition"] for line in csv.DictReader(file))


def _votes(votes: pd.DataFrame, options: list[str]) -> list[tuple[str, str, str, int]]:
    """The excluded votes of each reason and option that there are any of."""
    excluded = votes.loc[votes["excluded"].astype(str).str.strip() != "", ["excluded", "choice"]]
    counted = Counter(excluded.astype(str).itertuples(index=False, name=None))
    reasons = dict.fromkeys(reason for reason, _ in counted)
    return [("vote", option, reason, n) for reason in reasons for option in options if (n := counted[reason, option])]
