"""The demo: a site of its own, on which a study is reproduced and then served."""

import secrets
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.urls import reverse

from evalsite.reproduction.processes import site, worker
from evalsite.reproduction.stations import reproduce
from studies import study_files
from studies.models import Study

ADMIN = "demo"


def walk(output: Path, file: Path | None) -> None:
    """Go the whole road with a study file, the demo's if none is named, output in the folder, and tell what came of it."""
    _go(output, file)
    print("\nThe site is not running: the same call without --no-serve serves it.", flush=True)


def _go(output: Path, file: Path | None) -> None:
    password = _ensure_site(output)
    _tell(reproduce(study_files.read(file or study_files.find("demo", offline=True)), output), output, password)


def serve(output: Path, file: Path | None) -> None:
    """Go the whole road, then serve the site, with a worker for new runs, until it is stopped."""
    _go(output, file)
    port = urlsplit(settings.SITE_URL).port
    with worker(output / "worker.log"), site(output / "site.log", port) as (_, process), suppress(KeyboardInterrupt):
        print("\nThe site is running; stop it with Ctrl-C.", flush=True)
        process.wait()


def _ensure_site(output: Path) -> str:
    """A migrated database with prompt sets and a researcher, whose password is returned."""
    output.mkdir(parents=True, exist_ok=True)
    print("\n== Database and prompt sets", flush=True)
    call_command("migrate", verbosity=0)
    call_command("load_prompt_sets")
    return _ensure_admin(output / "admin-password.txt")


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


def _tell(study: Study, output: Path, password: str) -> None:
    print((output / "tables.md").read_text(encoding="utf-8"))
    print("Images flagged as NSFW, whose prompt–seeds were dropped for all conditions:")
    for condition, dropped in study.drops_by_condition().items():
        print(f"  {condition}: {dropped}")
    print(f"\nVote:   {study.link}")
    print(f"Admin:  {settings.SITE_URL}{reverse('admin:index')} as {ADMIN}, password {password}")
    print(f"Tables: {output}")
