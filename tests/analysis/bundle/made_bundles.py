"""Bundles for tests: whole ones of a few votes, as files by path, to be spoilt and packed."""

import csv
import hashlib
import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

from analysis.bundle import contents, exclusions, pictures
from analysis.bundle.checksums import sums_text
from analysis.bundle.contents import Options
from analysis.bundle.exclusions import dropped_images, exclusions_text
from analysis.columns import CHECKS
from analysis.render import RENDERINGS, rendered
from analysis.render.duel_files import DUEL_RENDERINGS
from analysis.report_json import json_text
from analysis.votes import read_votes
from analysis.write_report import ReportInput, all_duels, all_tables, make_reports
from tests.analysis.votes_files import vote, write_votes

OPTIONS = Options(resamples=20, seed=3)
CONDITIONS = ("SD", "SD+DNP")
PROMPTS = ("a red circle", "a blue star")
EXCLUDED = "always left"


def made_bundle(folder: Path) -> dict[str, bytes]:
    """The files of a bundle without figures and report.html, by path: 2 prompts, 3 workers, of whom the last is excluded."""
    votes = [
        vote(
            prompt=prompt, worker=f"w{n}", choice=CONDITIONS[n % 2], excluded=EXCLUDED if n == 2 else "", conditions="SD|SD+DNP"
        )
        for prompt in PROMPTS
        for n in range(3)
    ]
    write_votes(folder / contents.VOTES, votes)
    images = {f"images/{prompt}_{name}.png": f"{prompt} {name}".encode() for prompt in PROMPTS for name in CONDITIONS}
    texts = {
        contents.CHECKS: _csv(CHECKS.required),
        contents.PROTOCOL: '{"pay": "2 € a session"}',
        contents.OPTIONS: OPTIONS.text(),
        contents.IMAGES: image_list(images),
        contents.DROPS: _csv(exclusions.DROP_COLUMNS, ("A&E", "a green heart", "7", "SD")),
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    texts |= _numbers(folder) | {contents.VOTES: (folder / contents.VOTES).read_text(encoding="utf-8")}
    return images | {name: text.encode() for name, text in texts.items()}


def _numbers(folder: Path) -> dict[str, str]:
    given = ReportInput(folder / contents.VOTES, folder / contents.CHECKS, folder / contents.PROTOCOL)
    reports = make_reports(given, resamples=OPTIONS.resamples, seed=OPTIONS.seed)
    excluded = exclusions_text(read_votes(folder / contents.VOTES), dropped_images(folder / contents.DROPS))
    tables = {name: rendered(name, all_tables(reports)) for name in RENDERINGS}
    tables |= {name: render(all_duels(reports)) for name, render in DUEL_RENDERINGS.items()}
    return {contents.REPORT: json_text(reports), contents.EXCLUSIONS: excluded, **tables}


def image_list(images: Mapping[str, bytes]) -> str:
    """images.csv of images named PROMPT_CONDITION.png."""
    rows = ((*Path(name).stem.split("_"), name, hashlib.sha256(content).hexdigest()) for name, content in images.items())
    return _csv(pictures.COLUMNS, *(("A&E", prompt, "7", *rest) for prompt, *rest in rows))


def zipped(path: Path, files: Mapping[str, bytes], sums: Mapping[str, bytes] | None = None) -> Path:
    """A ZIP of files; its checksums are of these files, or of others if given."""
    listed = {name: hashlib.sha256(content).hexdigest() for name, content in (sums or files).items()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in {**files, contents.SUMS: sums_text(listed).encode()}.items():
            archive.writestr(name, content)
    return path


def _csv(*rows: tuple[str, ...]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue()
