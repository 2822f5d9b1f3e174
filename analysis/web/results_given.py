"""The files that a study's results are computed from, as `python -m analysis report` takes them; written for a while only."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import file_digest, sha256
from pathlib import Path

from analysis.automatic.measured import csv_text
from analysis.web.measured_rows import measured_of
from analysis.web.protocol import protocol_facts
from analysis.web.results_key import RESAMPLES, SEED, software
from studies.export import check_lines, vote_lines
from studies.models import Study


@dataclass(frozen=True)
class Given:
    """A folder with votes.csv, checks.csv, protocol.json and metrics.csv; votes, checks: how many are in it."""

    folder: Path
    votes: int
    checks: int

    @property
    def digest(self) -> str:
        """Of all that the results depend on. Images of a published study never change."""
        made_of = sha256(f"{software()} {RESAMPLES} {SEED}".encode())
        for name in ("votes.csv", "checks.csv", "protocol.json", "metrics.csv"):
            with (self.folder / name).open("rb") as file:
                made_of.update(file_digest(file, "sha256").digest())
        return made_of.hexdigest()


def write_given(study: Study, folder: Path, *, rehearsal: bool) -> Given:
    """Write the files of a study's votes as they are now into a folder."""
    votes = _write(folder / "votes.csv", vote_lines(study, rehearsal=rehearsal))
    checks = _write(folder / "checks.csv", check_lines(study, rehearsal=rehearsal))
    facts = protocol_facts(study, rehearsal=rehearsal)
    (folder / "protocol.json").write_text(json.dumps(facts, ensure_ascii=False), encoding="utf-8")
    (folder / "metrics.csv").write_text(csv_text(measured_of(study)), encoding="utf-8")
    return Given(folder, votes, checks)


def _write(path: Path, lines: Iterator[str]) -> int:
    """Write the lines, and return how many there are below the columns' names; a text with line breaks is one line here."""
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(next(lines))
        return sum(1 for line in lines if file.write(line))
