"""The stations of a study, from its file to its report; each leaves alone what is done, so that a second call goes on."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.core.management import CommandError, call_command
from django.utils import timezone

from evalsite.reproduction.ports import DidNotFinish
from evalsite.reproduction.processes import manage, site, worker
from generation import chat_stand_in
from studies import study_files
from studies.models import Session, Study, Trial
from studies.models.caption import REHEARSAL
from studies.study_files import StudyFile
from studies.study_files.presets import named
from studies.study_files.runs import captioning_studies, models_asked, runs_of

VOTES, METRICS, CAPTIONS = "votes.csv", "metrics.csv", "captions.csv"
TABLES = ("tables.csv", "tables.tex", "tables.md", "tables.html")


def reproduce(file: StudyFile, output: Path) -> Study:
    """Go from a study file to a finished report in the folder: images, rehearsal votes, metrics, tables and figures.

    A captioning study ends in captions.csv. Raises BadStudyFile, and DidNotFinish with what to do.
    """
    output.mkdir(parents=True, exist_ok=True)
    study = study_files.load(file)
    if study.is_captioning:
        _rehearse_captions(study, output)
        return study
    with _chat_answered(study):
        for name in captioning_studies(study):
            _caption(name, file, output)
        _make_images(study, output)
    _publish(study)
    if not (output / VOTES).exists():
        _rehearse(study, output)
        _export_votes(study, output)
    if not (output / METRICS).exists():
        _measure(study, output)
    if not all((output / name).exists() for name in TABLES):
        _tabulate(output)
    return study


@contextmanager
def _chat_answered(study: Study) -> Iterator[None]:
    """With the stand-in for a chat endpoint where the study asks it; others are the environment's."""
    if chat_stand_in.MODEL not in models_asked(study):
        yield
        return
    _say("Chat: the stand-in answers")
    with chat_stand_in.running() as stand_in:
        os.environ["EVALSITE_CHAT_URL"] = stand_in.url  # for the worker
        yield


def _caption(name: str, file: StudyFile, output: Path) -> None:
    """Let the rehearsal of a captioning study say what it sees, where the study names a rehearsal; people cannot be hurried."""
    if not name.endswith(REHEARSAL):
        return
    _rehearse_captions(study_files.load(study_files.read(named(name.removesuffix(REHEARSAL), beside=file.path))), output)


def _rehearse_captions(captions: Study, output: Path) -> None:
    """Let the rehearsal say what it sees, accept that under its own name, and write it down."""
    _make_images(captions, output)
    _publish(captions)
    _rehearse(captions, output)
    call_command("accept_captions", captions.name, rehearsal=True)
    with (output / CAPTIONS).open("w", encoding="utf-8", newline="") as file:
        call_command("export_captions", captions.name, rehearsal=True, stdout=file)


def _make_images(study: Study, output: Path) -> None:
    unfinished = [run for run in runs_of(study) if not run.is_made]
    if not unfinished:
        return
    _say(f"Images of “{study}”: a Celery worker draws and screens them")
    log = output / "worker.log"
    with worker(log) as process:
        for run in unfinished:
            manage(["generate", run.name, "--retry", "--wait"], process, log)


def _publish(study: Study) -> None:
    if not study.is_draft:
        return
    _say(f"Publishing “{study}”: a flagged image drops its prompt–seed for all conditions")
    try:
        call_command("publish", study.name)
    except CommandError as error:
        raise DidNotFinish(f"“{study}” cannot be published yet.\n{error}") from error
    study.refresh_from_db()


def _rehearse(study: Study, output: Path) -> None:
    """Let synthetic voters answer what nobody has answered."""
    done, total = Trial.objects.progress(study, rehearsal=True)
    if done == total:
        return
    _say(f"Rehearsal of “{study}”: synthetic voters use the pages that people use")
    # Nobody else rehearses here: a session that is open belongs to a call that was stopped, and holds places.
    Session.objects.abandon_stale(study, timezone.now() + timedelta(minutes=study.session_minutes))
    log = output / "site.log"
    with site(log) as (address, process):
        manage(["rehearse", study.name, "--site", address], process, log)


def _export_votes(study: Study, output: Path) -> None:
    unfinished = output / "votes.part"
    with unfinished.open("w", encoding="utf-8", newline="") as file:
        call_command("export_votes", study.name, rehearsal=True, stdout=file)
    for name in TABLES:  # of earlier votes, if there are any
        (output / name).unlink(missing_ok=True)
    unfinished.rename(output / VOTES)


def _measure(study: Study, output: Path) -> None:
    """The automatic metrics; what cannot be measured says which weights it lacks, and the rest goes on."""
    _say("Automatic metrics")
    _run([sys.executable, "manage.py", "measure", study.name], f"The images of “{study}” could not be measured")
    unfinished = output / "metrics.part"
    with unfinished.open("w", encoding="utf-8", newline="") as file:
        call_command("export_metrics", study.name, stdout=file)
    for name in TABLES:
        (output / name).unlink(missing_ok=True)
    unfinished.rename(output / METRICS)


def _tabulate(output: Path) -> None:
    _say("Report")
    command = [sys.executable, "-m", "analysis", "report", str(output / VOTES), "--out", str(output)]
    _run([*command, "--metrics", str(output / METRICS)], f"No report could be made of {output / VOTES}")


def _run(command: list[str], lost: str) -> None:
    if subprocess.run(command, cwd=settings.BASE_DIR, check=False).returncode:  # noqa: S603 (our own modules)
        raise DidNotFinish(f"{lost}; the reason is above.")


def _say(station: str) -> None:
    print(f"\n== {station}", flush=True)
