"""Reports of studies for tests, made of drawn votes by way of a real file."""

import random
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from itertools import cycle
from pathlib import Path

from analysis.facts import Protocol
from analysis.judges import NO_CLEAR_WINNER
from analysis.report import StudyReport, reports_of
from tests.analysis.votes_files import frame_of, vote

RESAMPLES = 40
CRITERIA = ("correctness", "quality")


def report_of_votes(votes: Iterable[Mapping[str, str]], protocol: Protocol = Protocol()) -> StudyReport:  # noqa: B008
    """The report of the one study that the votes are of."""
    with tempfile.TemporaryDirectory() as folder:
        rows = frame_of(Path(folder) / "votes.csv", *votes)
    (report,) = reports_of(rows, resamples=RESAMPLES, seed=0, protocol=protocol)
    return report


@cache
def study_report(
    conditions: tuple[str, ...] = ("SD", "SD+DNP"),
    prompt_sets: tuple[str, ...] = ("A&E", "Human"),
    criteria: tuple[str, ...] = CRITERIA,
    study: str = "DNP",
    at_once: int = 4,
    rehearsal: str = "0",
) -> StudyReport:
    """Of 24 workers and 24 comparisons of each prompt set; the later a condition comes, the more votes it gets.

    at_once: how many conditions a comparison shows, if the study has as many.
    """
    drawn = drawn_votes(conditions, prompt_sets, criteria, at_once)
    return report_of_votes(each | {"study": study, "rehearsal": rehearsal} for each in drawn)


def drawn_votes(
    conditions: tuple[str, ...], prompt_sets: tuple[str, ...], criteria: tuple[str, ...] = CRITERIA, at_once: int = 4
) -> Iterator[dict[str, str]]:
    """Six votes on each criterion of each comparison, one in a hundred excluded."""
    draw = random.Random(0)
    workers = cycle(f"w{number}" for number in range(24))
    for prompt_set in prompt_sets:
        for seed in range(24):
            together = draw.sample(conditions, min(at_once, len(conditions)))
            for worker in (next(workers) for _ in range(6)):
                shown = draw.sample(together, len(together))
                answered = f"2024-05-{1 + seed // 6:02}T10:30:00Z"
                excluded = "too fast" if draw.random() < 0.01 else ""
                for criterion in criteria:
                    yield vote(
                        prompt_set=prompt_set,
                        seed=str(seed),
                        worker=worker,
                        shown="|".join(shown),
                        criterion=criterion,
                        choice=_choice(draw, conditions, shown),
                        answered_at=answered,
                        conditions="|".join(conditions),
                        excluded=excluded,
                    )


def _choice(draw: random.Random, conditions: tuple[str, ...], shown: list[str]) -> str:
    weights = [1 + conditions.index(name) for name in shown]
    return draw.choices([NO_CLEAR_WINNER, *shown], [0.5, *weights])[0]
