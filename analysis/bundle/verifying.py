"""Whether a bundle is what it says: its files unchanged, its images there, its numbers those that its votes make."""

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

from analysis.bundle import contents
from analysis.bundle.archive import Archive, UnreadableBundle, opened
from analysis.bundle.checksums import BadChecksums, parsed_sums
from analysis.bundle.contents import BadOptions, Options, read_options
from analysis.bundle.differing import Differing, differing, differing_lines, leaves
from analysis.bundle.exclusions import dropped_images, exclusions_text
from analysis.bundle.pictures import BadImageList, image_faults, read_image_list, unseen_faults
from analysis.bundle.verdict import Verdict
from analysis.facts import BadProtocol
from analysis.faults import BadVotesFile
from analysis.render import RENDERINGS, rendered
from analysis.render.duel_files import DUEL_RENDERINGS
from analysis.report import StudyReport
from analysis.report_json import json_text
from analysis.votes import read_votes
from analysis.write_report import ReportInput, all_duels, all_tables, make_reports

NEEDED = (
    contents.OPTIONS,
    contents.VOTES,
    contents.CHECKS,
    contents.PROTOCOL,
    contents.IMAGES,
    contents.DROPS,
    contents.EXCLUSIONS,
    contents.REPORT,
    *RENDERINGS,
    *DUEL_RENDERINGS,
)
FAULTS = (BadOptions, BadVotesFile, BadProtocol, BadImageList, BadChecksums, KeyError, ValueError, csv.Error, RecursionError)


def verify(path: Path) -> Verdict:
    """Compare a bundle with itself: checksums, images, and every number with what its votes make.

    Only known files are unpacked, into a temporary folder. Raises UnreadableBundle for what is no bundle or lacks what the
    numbers are made of, OSError where the file cannot be read.
    """
    with opened(path) as archive, TemporaryDirectory() as folder:
        try:
            return _verdict(archive, Path(folder))
        except FAULTS as error:
            raise UnreadableBundle(f"{path} cannot be verified. {str(error).replace(folder, path.name)}") from error


def _verdict(archive: Archive, folder: Path) -> Verdict:
    sums = parsed_sums(archive.copy(contents.SUMS, folder).read_text(encoding="utf-8"))
    for name in NEEDED:
        archive.copy(name, folder)
    digests = {name: archive.digest(name) for name in archive.entries if name != contents.SUMS}
    votes = read_votes(folder / contents.VOTES)
    listed = read_image_list(folder / contents.IMAGES)
    numbers = _numbers(folder, votes)
    return Verdict(
        files=len(digests),
        votes=len(votes),
        compared=numbers.compared,
        missing=tuple(sorted(sums.keys() - digests.keys())),
        extra=tuple(sorted(digests.keys() - sums.keys())),
        changed=tuple(sorted(name for name in sums.keys() & digests.keys() if sums[name] != digests[name])),
        images=(*image_faults(listed, digests), *unseen_faults(listed, votes)),
        numbers=numbers.differing,
    )


@dataclass(frozen=True)
class _Numbers:
    compared: int
    differing: tuple[Differing, ...]


def _numbers(folder: Path, votes: pd.DataFrame) -> _Numbers:
    """The numbers of an unpacked bundle against those that its votes, checks and protocol make."""
    stated = json.loads((folder / contents.REPORT).read_text(encoding="utf-8"))
    reports = _reports(folder, read_options(folder / contents.OPTIONS))
    recomputed = json.loads(json_text(reports))
    texts = {name: rendered(name, all_tables(reports)) for name in RENDERINGS}
    texts |= {name: render(all_duels(reports)) for name, render in DUEL_RENDERINGS.items()}
    texts[contents.EXCLUSIONS] = exclusions_text(votes, dropped_images(folder / contents.DROPS))
    found = (*differing(stated, recomputed), *_differing_texts(folder, texts))
    return _Numbers(leaves(recomputed), found)


def _reports(folder: Path, options: Options) -> list[StudyReport]:
    given = ReportInput(folder / contents.VOTES, folder / contents.CHECKS, folder / contents.PROTOCOL)
    return make_reports(given, resamples=options.resamples, seed=options.seed)


def _differing_texts(folder: Path, texts: dict[str, str]) -> Iterator[Differing]:
    for name, text in texts.items():
        yield from differing_lines(name, (folder / name).read_text(encoding="utf-8"), text)
