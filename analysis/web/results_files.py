"""The files of a study's results: computed from its votes' file, kept in a folder that is named by what they were made of."""

import shutil
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import file_digest, sha256
from pathlib import Path
from tempfile import TemporaryDirectory

from django.conf import settings

from analysis.faults import BadVotesFile
from analysis.web.models import StudyResults
from analysis.web.results_key import RESAMPLES, SEED, software
from studies.export import check_lines, vote_lines

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
        votes = _written(work / "votes.csv", vote_lines(results.study, rehearsal=results.rehearsal))
        _written(work / "checks.csv", check_lines(results.study, rehearsal=results.rehearsal))
        digest = _digest_of([work / "votes.csv", work / "checks.csv"])
        if not (results.shelf / digest).is_dir():
            _report(work)
            _put(work / "report", results.shelf / digest)
    return Computed(digest, votes)


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


def _written(path: Path, lines: Iterator[str]) -> int:
    """Write the lines and return how many there are below the columns' names; a text with line breaks is one line here."""
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(next(lines))
        return sum(1 for line in lines if file.write(line))


def _digest_of(files: Iterable[Path]) -> str:
    made_of = sha256(f"{software()} {RESAMPLES} {SEED}".encode())
    for path in files:
        with path.open("rb") as file:
            made_of.update(file_digest(file, "sha256").digest())
    return made_of.hexdigest()


def _report(work: Path) -> None:
    """Write the report on the votes in a folder into the folder `report` there."""
    from analysis.render import write_tables  # loads what no page needs: pandas and more
    from analysis.tables import tables_of
    from analysis.votes import read_votes

    try:
        write_tables(tables_of(read_votes(work / "votes.csv")), work / "report")
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
