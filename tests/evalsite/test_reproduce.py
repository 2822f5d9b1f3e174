"""`manage.py reproduce`: from a study file to its report, with captions and a chat endpoint on the way."""

import csv
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from tests import migrated

CAPTIONS = """\
name: Tiny captions
design: alone
votes_wanted: 1
instructions: Say what you see.
drawn_with: {checkpoint: bundled, size: 64, evaluations: 5}
conditions:
  - {name: Diffusion-negative, method: dns, settings: {scale: 4.0}}
criteria: []
prompt_sets:
  - {name: Two, prompts: [a red ring, a blue star and a green heart]}
"""
STUDY = """\
name: Tiny
votes_wanted: 1
instructions: Choose an image.
drawn_with: {checkpoint: bundled, size: 64, evaluations: 5}
conditions:
  - name: People
    method: dnp
    settings: {scale: 1.5}
    negatives: [{source: human, study: Tiny captions (rehearsal), dns_scale: 4.0}]
  - name: Chat
    method: negative_prompt
    settings: {scale: 1.5}
    negatives: [{source: llm, model: stand-in}]
prompt_sets:
  - {name: Two, prompts: [a red ring, a blue star and a green heart]}
"""
FILES = ("captions.csv", "votes.csv", "metrics.csv", "tables.md", "report.html", "report.json")


def reproduce(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    environment = {**os.environ, "EVALSITE_DATA": str(folder / "data"), "DJANGO_SETTINGS_MODULE": "evalsite.settings"}
    command = [sys.executable, "manage.py", "reproduce", *arguments]
    return subprocess.run(command, cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("reproduced")
    (folder / "captions.yaml").write_text(CAPTIONS)
    (folder / "study.yaml").write_text(STUDY)
    migrated.copy_to(folder / "data" / migrated.NAME)
    done = reproduce(folder, str(folder / "study.yaml"), "--out", str(folder / "out"))
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def test_one_command_goes_from_the_file_to_the_report(folder: Path) -> None:
    assert all((folder / "out" / name).stat().st_size for name in FILES)
    with (folder / "out" / "votes.csv").open(encoding="utf-8", newline="") as file:
        votes = list(csv.DictReader(file))
    assert {vote["conditions"] for vote in votes} == {"People|Chat"}
    assert {vote["rehearsal"] for vote in votes} == {"1"}
    assert "CLIP" in (folder / "out" / "report.html").read_text(encoding="utf-8")


def test_a_second_call_redoes_nothing_that_is_done(folder: Path) -> None:
    paths = [*(folder / "data").rglob("*.png"), *(folder / "out" / name for name in FILES if name != "captions.csv")]
    before = {path: path.stat().st_mtime_ns for path in paths}
    done = reproduce(folder, str(folder / "study.yaml"), "--out", str(folder / "out"))
    assert done.returncode == 0, done.stdout + done.stderr
    assert {path: path.stat().st_mtime_ns for path in paths} == before


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [(["nothing"], "presets are: answer, dng"), (["nothing", "--offline"], "no offline preset “nothing”")],
)
def test_what_is_no_study_file_is_told(tmp_path: Path, arguments: list[str], sentence: str) -> None:
    done = reproduce(tmp_path, *arguments)
    assert done.returncode == 1
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr
