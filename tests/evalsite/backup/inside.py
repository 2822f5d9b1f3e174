"""What tests of backups do inside a site of their own, in a process on the site's own settings.

python -m tests.evalsite.backup.inside fill FOLDER    fills an empty site with one of everything, backs it up, prints its state
python -m tests.evalsite.backup.inside older FOLDER   the same, as an older version of the site would have it
python -m tests.evalsite.backup.inside restored FOLDER COOKIES TRIAL   restores, prints the state and how a trial answers
"""

import hashlib
import io
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django

if __name__ == "__main__":
    django.setup()

from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from analysis.web.models import StudyResults
from generation.storage import store
from studies.allocation import open_session
from studies.models import Study, Worker
from tests.factories_studies import ExampleFactory, PersonalLinkFactory, choose_first
from tests.forms_of_pages import forms
from tests.real_study import publish_study

HOST = "127.0.0.1"


def published() -> Study:
    return Study.objects.get(state=Study.State.PUBLISHED)


def fill() -> None:
    """A study with votes, an example, an invited person and results; a user."""
    publish_study(prompts=3, size=16, votes_wanted=4)
    study = published()
    User.objects.create_superuser("ann", password="to be kept")
    ExampleFactory.create()  # of a draft
    for number in range(2):
        worker = Worker.objects.known_as("local", f"browser-{number}")
        first, *_ = open_session(study, worker, rehearsal=False, now=timezone.now()).trials.all()
        first.record(choose_first(first), timezone.now())
    PersonalLinkFactory.create(study=study, name="Ada Lovelace")
    results = StudyResults(study=study, rehearsal=False, state="done", digest="d" * 64, key="k", asked_at=timezone.now())
    results.folder.mkdir(parents=True)
    (results.folder / "report.html").write_text("<p>The table.")
    results.save()


def state() -> dict[str, Any]:
    """Every row of every table, and the SHA-256 of every file of the storage and of the results."""
    there = connection.introspection.table_names()
    models = [model for model in apps.get_models(include_auto_created=True) if model._meta.db_table in there]
    rows = {
        model._meta.label: [list(map(str, row)) for row in model._base_manager.order_by("pk").values_list()] for model in models
    }
    stored = {listed.name: b"".join(store().stream(listed.name).chunks) for listed in store().listed()}
    root = Path(settings.RESULTS_ROOT)
    results = {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}
    return {
        "rows": rows,
        "files": {name: hashlib.sha256(content).hexdigest() for name, content in {**stored, **results}.items()},
    }


def enter(client: Client) -> str:
    """Take part in the study with a new browser; the address of the first trial."""
    link = published().link_path
    page = client.get(link, headers={"host": HOST}).content.decode()
    entrance = next(form for form in forms(page) if form.boxes)
    return str(client.post(link, dict(entrance.filled({})), headers={"host": HOST})["Location"])


def filled(folder: str, *, older: bool) -> dict[str, Any]:
    call_command("migrate", verbosity=0)
    fill()
    client = Client()
    trial = enter(client)
    if older:
        call_command("migrate", "health", "zero", verbosity=0)
    call_command("backup", folder, stdout=io.StringIO())
    cookies = {name: morsel.value for name, morsel in client.cookies.items()}
    return {**state(), "cookies": cookies, "trial": trial}


def restored(folder: str, cookies: str, trial: str) -> dict[str, Any]:
    told = io.StringIO()
    call_command("restore", folder, stdout=told)
    found = state()
    client = Client()
    client.cookies.load(json.loads(cookies))
    page = client.get(trial, headers={"host": HOST})
    new = Worker.objects.known_as("local", "somebody new")  # whose key must be nobody else's
    return {**found, "told": told.getvalue(), "page": page.status_code, "new": new.pk}


def main(command: str, *arguments: str) -> None:
    commands: dict[str, Callable[..., dict[str, Any]]] = {
        "fill": lambda folder: filled(folder, older=False),
        "older": lambda folder: filled(folder, older=True),
        "restored": restored,
    }
    print(json.dumps(commands[command](*arguments)))


if __name__ == "__main__":
    main(*sys.argv[1:])
