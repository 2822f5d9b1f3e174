"""A million votes with crossed effects of comparisons and workers, as a study of the papers' shape would give them.

    python -m benchmarks.million_votes votes.csv        # or votes.parquet

50,000 comparisons × 10 votes × 2 criteria by 2,000 workers, 8 prompt sets, 4 conditions shown together, and no clear winner.
"""

import sys
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

CONDITIONS = ("SD", "SD+standard", "SD+random", "SD+auto-DNP")
CRITERIA = ("correctness", "quality")
APPEAL = np.array([0.0, 0.1, 0.3, 0.5, 0.9])  # of no clear winner and of each condition
SPREAD_OF_COMPARISONS, SPREAD_OF_WORKERS = 0.8, 0.5


def million_votes(
    comparisons: int = 50_000, votes: int = 10, workers: int = 2_000, prompt_sets: int = 8, seed: int = 0
) -> pd.DataFrame:
    """The votes file as a frame of texts, one row per vote: comparisons × votes × 2 rows."""
    rng = np.random.default_rng(seed)
    trial = np.arange(comparisons * votes)
    comparison = trial // votes
    worker = ((rng.permutation(comparisons)[comparison] * votes + trial % votes) * 7) % workers
    names = np.array(["no clear winner", *CONDITIONS], object)
    orders = np.array(["|".join(rng.permutation(CONDITIONS)) for _ in range(24)], object)
    moments = np.datetime64("2024-05-01T00:00:00") + (trial // 3).astype("timedelta64[s]")
    trials = pd.DataFrame(
        {
            "study": "million",
            "prompt_set": numbered("set", comparison % prompt_sets),
            "prompt": numbered("prompt", comparison),
            "seed": comparison % 10,
            "worker": numbered("w", worker),
            "criterion": "",
            "shown": orders[rng.integers(len(orders), size=len(trial))],
            "choice": "",
            "answered_at": np.datetime_as_string(moments, timezone="UTC"),
            "seconds": rng.gamma(2.0, 6.0, len(trial)).round(1),
            "trial": trial,
        }
    )
    answers = [trials.assign(criterion=criterion, choice=names[choices(rng, comparison, worker)]) for criterion in CRITERIA]
    return pd.concat(answers).sort_values("trial", kind="stable", ignore_index=True)


def numbered(word: str, numbers: npt.NDArray[np.int64]) -> npt.NDArray[np.object_]:
    """“word 3” for each 3, shape of numbers."""
    return np.array([f"{word} {number}" for number in range(numbers.max() + 1)], object)[numbers]


def choices(
    rng: np.random.Generator, comparison: npt.NDArray[np.int64], worker: npt.NDArray[np.int64]
) -> npt.NDArray[np.int64]:
    """The option that each vote goes to, shape (votes,): appeal, what the images and the worker add to it, and chance."""
    options = len(APPEAL)
    of_comparison = rng.normal(0, SPREAD_OF_COMPARISONS, (comparison.max() + 1, options))[comparison]
    of_worker = rng.normal(0, SPREAD_OF_WORKERS, (worker.max() + 1, options))[worker]
    return np.asarray((APPEAL + of_comparison + of_worker + rng.gumbel(size=(len(comparison), options))).argmax(axis=1))


def main(path: Path) -> None:
    votes = million_votes()
    votes.to_parquet(path, index=False) if path.suffix == ".parquet" else votes.to_csv(path, index=False)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
