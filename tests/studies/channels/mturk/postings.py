"""Postings and their workers for tests: from a draft to answers handed in."""

import html
import re
from datetime import datetime
from typing import Any

from django.test import Client
from django.utils import timezone

from studies.channels.mturk.carrying_out import carry_out
from studies.channels.mturk.confirming import confirm
from studies.channels.mturk.emulator import Emulator
from studies.channels.mturk.emulator.worker import Accepted
from studies.channels.mturk.models import Posting
from studies.channels.mturk.quote import quote_for
from studies.models import Study
from tests.forms_of_pages import forms, images

QUALIFIED: dict[str, Any] = {"masters": True, "approval_rate": 99, "approved_count": 5000}


def draft(study: Study, **fields: Any) -> Posting:
    """A posting that is not confirmed."""
    values: dict[str, Any] = {
        "max_assignments": 2,
        "reward_cents": 5,
        "title": "Compare two images",
        "description": "One pair.",
    }
    return Posting.objects.create(study=study, **{**values, **fields})


def published(posting: Posting, *, budget_cents: int | None = None, now: datetime | None = None) -> Posting:
    """Confirm a posting at its quote, and create its HITs."""
    now = now or timezone.now()
    total = quote_for(posting, now).total
    confirm(posting, total if budget_cents is None else budget_cents, total, "ann", now)
    carry_out(posting)
    posting.refresh_from_db()
    return posting


def path_of(accepted: Accepted) -> str:
    """What the frame of an assignment asks this site for."""
    return "/" + accepted.frame_address.split("/", 3)[3]


def answer(client: Client, path: str, position: str = "1") -> dict[str, str]:
    """Do all that the frame asks, as a browser without cookies or JavaScript; the fields that hand the assignment in."""
    page = client.get(path)
    while True:
        form = forms(page.content.decode())[0]
        if "assignmentId" in form.hidden:
            return dict(form.hidden)
        for address in images(page.content.decode()):
            assert client.get(address).status_code == 200
        choices = dict.fromkeys(form.questions, position)
        page = client.post(action_of(page.content.decode(), path), form.filled(choices), follow=True)
        client.cookies.clear()
        path = page.redirect_chain[-1][0]


def work(emulator: Emulator, client: Client, worker_id: str, hit_id: str, position: str = "1") -> str:
    """Accept a HIT, answer it in the frame, and hand it in; the assignment's id."""
    worker = emulator.worker(worker_id, **QUALIFIED)
    accepted = worker.accept(hit_id)
    fields = answer(client, path_of(accepted), position)
    worker.submit(accepted.id, fields)
    return accepted.id


def action_of(page: str, path: str) -> str:
    """Where the page's first form goes."""
    form = re.search(r"<form\b[^>]*>", page)
    assert form
    action = re.search(r'action="([^"]*)"', form[0])
    return html.unescape(action[1]) if action else path
