"""The stations of the demo, in order; each leaves alone what is done."""

import secrets
import subprocess
import sys
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from evalsite.reproduction.ports import DidNotFinish
from evalsite.reproduction.processes import manage, site, worker
from evalsite.demo.study import NAME, ensure_run, ensure_study
from studies.models import Session, Study

ADMIN = "demo"
VOTES = "votes.csv"
TABLES = ("tables.csv", "tables.tex", "tables.md", "tables.html")


def walk(output: Path) -> None:
    """Go the whole road, with output in the folder, and tell what came of it."""
    _go(output)
    print("\nThe site is not running: the same call without --no-serve serves it.", flush=True)


def _go(output: Path) -> None:
    password = _ensure_site(output)
    _make_images(output)
    study = _ensure_published()
    if not (output / VOTES).exists():
        _rehearse(study, output)
    if not all((output / name).exists() for name in TABLES):
        _tabulate(output)
    _tell(study, output, password)


def serve(output: Path) -> None:
    """Go the whole road, then serve the site, with a worker for new runs, until it is stopped."""
    _go(output)
    with worker(output / "worker.log"), site(output / "site.log") as process, suppress(KeyboardInterrupt):
        print("\nThe site is running; stop it with Ctrl-C.", flush=True)
        process.wait()


def _ensure_site(output: Path) -> str:
    """A migrated database with prompt sets and a researcher, whose password is returned."""
    output.mkdir(parents=True, exist_ok=True)
    _say("Database and prompt sets")
    call_command("migrate", verbosity=0)
    call_command("load_prompt_sets")
    return _ensure_admin(output / "admin-password.txt")


def _ensure_published() -> Study:
    study = ensure_study()
    if study.is_draft:
        _say("Publishing: a flagged image drops its prompt–seed for all conditions")
        call_command("publish", NAME)
        study.refresh_from_db()
    return study


def _say(station: str) -> None:
    print(f"\n== {station}", flush=True)


def _ensure_admin(kept: Path) -> str:
    """The password of the demo's researcher, drawn at the first call and readable by its owner alone."""
    if not kept.exists():
        unfinished = kept.with_suffix(".part")
        unfinished.touch(mode=0o600)
        unfinished.write_text(secrets.token_urlsafe(12))
        unfinished.rename(kept)
    researchers = get_user_model().objects
    if not researchers.filter(username=ADMIN).exists():
        researchers.create_superuser(ADMIN, password=kept.read_text())
    return kept.read_text()


def _make_images(output: Path) -> None:
    run = ensure_run()
    counts = run.progress()
    if counts["done"] and not counts["queued"] and not counts["failed"]:
        return
    _say("Images: a Celery worker draws and screens them")
    log = output / "worker.log"
    with worker(log) as process:
        manage(["generate", run.name, "--retry", "--wait"], process, log)


def _rehearse(study: Study, output: Path) -> None:
    _say("Rehearsal: synthetic voters use the pages that people use")
    # Nobody else rehearses here: a session that is open belongs to a demo that was stopped, and holds places.
    Session.objects.abandon_stale(study, timezone.now() + timedelta(minutes=study.session_minutes))
    log = output / "site.log"
    with site(log) as process:
        manage(["rehearse", study.name], process, log)
    unfinished = output / "votes.part"
    with unfinished.open("w", encoding="utf-8", newline="") as file:
        call_command("export_votes", study.name, rehearsal=True, stdout=file)
    for name in TABLES:  # of earlier votes, if there are any
        (output / name).unlink(missing_ok=True)
    unfinished.rename(output / VOTES)


def _tabulate(output: Path) -> None:
    """The tables of the votes file. Raises DidNotFinish."""
    _say("Tables")
    command = [sys.executable, "-m", "analysis", "report", str(output / VOTES), "--out", str(output)]
    if subprocess.run(command, check=False).returncode:  # noqa: S603 (our own module)
        raise DidNotFinish(f"No tables could be made of {output / VOTES}; the reason is above.")


def _tell(study: Study, output: Path, password: str) -> None:
    print((output / "tables.md").read_text(encoding="utf-8"))
    print("Images flagged as NSFW, whose prompt–seeds were dropped for all conditions:")
    for condition, dropped in study.drops_by_condition().items():
        print(f"  {condition}: {dropped}")
    print(f"\nVote:   {study.link}")
    print(f"Admin:  {settings.SITE_URL}{reverse('admin:index')} as {ADMIN}, password {password}")
    print(f"Tables: {output}")
