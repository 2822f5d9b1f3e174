"""The whole road, as `make demo DEMO_ARGS=--no-serve` goes it with more prompts: real worker, real site, real voters."""

import csv
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from django.conf import settings

from evalsite.reproduction.ports import free_port
from studies import study_files
from tests import migrated

PRINTED_NAMES = {"SD, weak guidance", "SD", "SD+negative"}
FILES = ("votes.csv", "metrics.csv", "admin-password.txt")
STUDY, EVALUATIONS = "study.yaml", 15
TABLES = ("tables.csv", "tables.tex", "tables.md", "tables.html")


def write_study(output: Path) -> None:
    """The demo's study with five prompts, of which two name the moon, in fewer steps."""
    study = yaml.safe_load(study_files.find("demo", offline=True).read_text(encoding="utf-8"))
    mixed = next(chosen for chosen in study["prompt_sets"] if "prompts" in chosen)
    mixed["prompts"] = [*mixed["prompts"][:3], *mixed["prompts"][-2:]]
    small = {**study, "prompt_sets": [mixed], "drawn_with": {**study["drawn_with"], "evaluations": EVALUATIONS}}
    (output / STUDY).write_text(yaml.safe_dump(small, allow_unicode=True), encoding="utf-8")


def demo(output: Path) -> str:
    command = [sys.executable, "-m", "evalsite.demo", "--no-serve", "--output", str(output), "--study", str(output / STUDY)]
    done = subprocess.run(command, cwd=settings.BASE_DIR, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def votes_in(output: Path) -> list[dict[str, str]]:
    with (output / "votes.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo")
    migrated.copy_to(folder / "site" / migrated.NAME)
    write_study(folder)
    (folder / "first.txt").write_text(demo(folder))
    return folder


def test_the_road_ends_in_votes_and_tables_that_say_they_are_a_rehearsal(output: Path) -> None:
    votes = votes_in(output)
    assert {vote["rehearsal"] for vote in votes} == {"1"}
    assert {name for vote in votes for name in vote["shown"].split("|")} == PRINTED_NAMES
    for name in TABLES:
        assert "rehearsal" in (output / name).read_text(encoding="utf-8").lower()


def test_flagged_images_drop_their_prompt_seeds_visibly(output: Path) -> None:
    assert "flagged as NSFW; their prompt–seeds are dropped for all conditions" in (output / "first.txt").read_text()


def test_every_comparison_has_the_votes_wanted_by_different_workers(output: Path) -> None:
    votes = votes_in(output)
    workers: dict[tuple[str, str, str], list[str]] = {}
    for vote in votes:
        workers.setdefault((vote["prompt"], vote["seed"], vote["criterion"]), []).append(vote["worker"])
    assert {(len(names), len(set(names))) for names in workers.values()} == {(5, 5)}


def test_a_second_demo_redoes_nothing(output: Path) -> None:
    kept = {path: path.stat().st_mtime_ns for path in output.rglob("*.png")}
    kept |= {output / name: (output / name).stat().st_mtime_ns for name in (*TABLES, *FILES)}
    assert "== Images" not in demo(output)
    assert {path: path.stat().st_mtime_ns for path in kept} == kept


def test_a_table_that_was_deleted_is_made_again_from_the_votes(output: Path) -> None:
    votes = (output / "votes.csv").stat().st_mtime_ns
    table = (output / "tables.md").read_text(encoding="utf-8")
    (output / "tables.md").unlink()
    assert "== Rehearsal" not in demo(output)
    assert (output / "tables.md").read_text(encoding="utf-8") == table
    assert (output / "votes.csv").stat().st_mtime_ns == votes


def test_the_site_listens_on_a_port_that_nobody_has() -> None:
    first = free_port()
    with socket.create_server(("127.0.0.1", first)):
        assert first < free_port() <= 8099
