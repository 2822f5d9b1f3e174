"""The files of a study's results: computed from its votes' file, kept in a folder that is named by what they were made of."""

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from django.conf import settings

from analysis.faults import BadVotesFile
from analysis.web.images_at_hand import images_at_hand
from analysis.web.models import StudyResults
from analysis.web.results_given import Given, write_given
from analysis.web.results_key import RESAMPLES, SEED

if TYPE_CHECKING:
    from analysis.figures import ImageAt  # which loads what draws figures, as no page needs

UNFINISHED = ".unfinished-"
LEFT_BEHIND_SECONDS = 24 * 60 * 60
MOST_FAULTS = 5


class NotComputed(Exception):
    """The study's votes cannot be reported on; the sentence says why."""


@dataclass(frozen=True)
class Computed:
    """What the files were made of, and how many votes."""

    digest: str
    votes: int


def compute(results: StudyResults) -> Computed:
    """Put the files of a study's votes as they are now into their folder, unless they are there.

    Raises NotComputed for votes that cannot be reported on, OSError.
    """
    with _workshop() as work:
        given = write_given(results.study, work, rehearsal=results.rehearsal)
        computed = Computed(given.digest, given.votes)
        if not (results.shelf / computed.digest).is_dir():
            _report(given, images_at_hand(results.study, given.folder), work / "report")
            _put(work / "report", results.shelf / computed.digest)
    return computed


def remove_others(results: StudyResults) -> None:
    """Remove the folders of earlier results of the same votes."""
    for folder in results.shelf.iterdir():
        if folder != results.folder:
            shutil.rmtree(folder, ignore_errors=True)


def files_of(folder: Path) -> list[str]:
    """The files below a folder by their paths in it: those at the top first, then folder by folder."""
    paths = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    return [path.as_posix() for path in sorted(paths, key=lambda path: (len(path.parts), path))]


@contextmanager
def _workshop() -> Iterator[Path]:
    """An empty folder beside the finished ones, which goes at the end, with those that killed workers left."""
    root = Path(settings.RESULTS_ROOT)
    root.mkdir(parents=True, exist_ok=True)
    for left in root.glob(f"{UNFINISHED}*"):
        if left.stat().st_mtime < time.time() - LEFT_BEHIND_SECONDS:
            shutil.rmtree(left, ignore_errors=True)
    with TemporaryDirectory(prefix=UNFINISHED, dir=root) as folder:
        yield Path(folder)


def _report(given: Given, image_at: "ImageAt", folder: Path) -> None:
    """Write the report into a folder that is made for it."""
    from analysis.write_report import ReportInput, write_report  # loads what draws figures, which no page needs

    checks = given.folder / "checks.csv" if given.checks else None
    protocol, metrics = (given.folder / name for name in ("protocol.json", "metrics.csv"))
    files = ReportInput(given.folder / "votes.csv", checks, protocol, image_at, metrics)
    try:
        write_report(files, folder, resamples=RESAMPLES, seed=SEED)
    except BadVotesFile as error:
        faults = "; ".join(str(fault) for fault in error.faults[:MOST_FAULTS])
        raise NotComputed(f"The votes file of this study was refused, which the site is to blame for: {faults}.") from error


def _put(made: Path, folder: Path) -> None:
    """Move the finished files into their place, all at once; another worker may have put the same there meanwhile."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    try:
        made.rename(folder)
    except OSError:
        if not folder.is_dir():
            raise
