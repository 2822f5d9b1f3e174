"""A study as one ZIP that others can check (docs/bundle.md)."""

import json
from collections.abc import Iterable
from dataclasses import fields
from pathlib import Path
from tempfile import TemporaryDirectory

from analysis.bundle import contents
from analysis.bundle.contents import Options
from analysis.bundle.exclusions import dropped_images, exclusions_text
from analysis.bundle.packing import member_of, pack
from analysis.facts import IMAGE_DROPS, Protocol, read_protocol
from analysis.figures import ImageAt
from analysis.votes import read_votes
from analysis.web.bundle_design import write_design
from analysis.web.bundle_images import BundledImage, images_of, write_image_list, write_provenance
from analysis.web.bundle_instructions import FOLDER, write_instructions
from analysis.web.bundle_readme import readme
from analysis.web.images_at_hand import images_at_hand
from analysis.web.protocol import protocol_facts
from analysis.write_report import ReportInput, write_report
from studies.export import ANSWERED, check_lines, vote_lines
from studies.models import Study, Trial


class NoVotes(Exception):
    """A study that there is nothing to bundle of."""


def export_bundle(study: Study, out: Path, options: Options, *, rehearsal: bool, stated: Path | None = None) -> None:
    """Write the study's bundle; a file that is there is replaced, and none is left half-written.

    stated: a protocol file with what the site does not know, or in other words; it wins. Raises NoVotes, MissingImages,
    BadProtocol, OSError.
    """
    if not Trial.objects.of(study, rehearsal=rehearsal).real().filter(state__in=ANSWERED).exists():
        raise NoVotes(f"There are no votes on “{study}” to make a bundle of.")
    images = images_of(study)
    with TemporaryDirectory() as work:
        folder = Path(work) / "bundle"
        _write_data(study, images, folder, rehearsal)
        _write_protocol(study, stated, folder / contents.PROTOCOL, rehearsal)
        _write_numbers(images_at_hand(study, Path(work)), folder, options)
        said = readme(str(study), rehearsal=rehearsal, resamples=options.resamples, seed=options.seed)
        (folder / "README.txt").write_text(said, encoding="utf-8", newline="")
        files = (member_of(path, folder) for path in folder.rglob("*") if path.is_file())
        pack((*files, *(image.member() for image in images)), out)


def _write_data(study: Study, images: list[BundledImage], folder: Path, rehearsal: bool) -> None:
    """Everything but what is computed from it."""
    write_instructions(study, folder / FOLDER)
    write_image_list(images, folder / contents.IMAGES)
    made = write_provenance(study, images, folder / "provenance.jsonl")
    write_design(study, made, folder)
    _write_lines(folder / contents.VOTES, vote_lines(study, rehearsal=rehearsal))
    _write_lines(folder / contents.CHECKS, check_lines(study, rehearsal=rehearsal))


def _write_protocol(study: Study, stated: Path | None, path: Path, rehearsal: bool) -> None:
    known = protocol_facts(study, rehearsal=rehearsal)
    if stated:
        protocol = read_protocol(stated)
        known |= {each.name: value for each in fields(Protocol) if (value := getattr(protocol, each.name)) is not None}
    known[IMAGE_DROPS] = dict(known[IMAGE_DROPS])
    path.write_text(json.dumps(known, ensure_ascii=False, indent=1) + "\n", encoding="utf-8", newline="")


def _write_numbers(image_at: ImageAt, folder: Path, options: Options) -> None:
    """Tables, report and figures, by the very functions of `python -m analysis report`; exclusions.csv; the options."""
    (folder / contents.OPTIONS).write_text(options.text(), encoding="utf-8", newline="")
    text = exclusions_text(read_votes(folder / contents.VOTES), dropped_images(folder / contents.DROPS))
    (folder / contents.EXCLUSIONS).write_text(text, encoding="utf-8", newline="")
    votes, checks, protocol = (folder / name for name in (contents.VOTES, contents.CHECKS, contents.PROTOCOL))
    given = ReportInput(votes, checks, protocol, image_at)
    write_report(given, folder, resamples=options.resamples, seed=options.seed)


def _write_lines(path: Path, lines: Iterable[str]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        file.writelines(lines)
