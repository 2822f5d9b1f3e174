"""A HIT in production, of which Amazon is told nothing, and what its frame asks this site for."""

from typing import Any
from urllib.parse import urlencode

from django.test import Client
from django.urls import reverse

from studies.channels.mturk.hits_to_make import groups_of, reserve_places
from studies.channels.mturk.models import Hit, Posting
from studies.channels.mturk.visits import FIELD
from studies.models import Place, Session, Study, Trial, Vote, Worker
from tests.forms_of_pages import forms
from tests.studies.channels.mturk.postings import draft
from tests.studies.visiting import BOXES

PRODUCTION, SANDBOX = "https://www.mturk.com", "https://workersandbox.mturk.com"


def posted(study: Study, **fields: Any) -> Hit:
    """The first HIT of a posting in production, of which Amazon is told nothing here."""
    posting = draft(study, **{"environment_name": "production", "state": Posting.State.CONFIRMED, **fields})
    groups = groups_of(posting)
    reserve_places(posting, groups)
    for number, group in enumerate(groups, start=1):
        made = Hit.objects.create(posting=posting, number=number, max_assignments=2, hit_id=f"H{posting.pk}-{number}")
        made.comparisons.set(group)
    return posting.hits.get(number=1)


def framed(hit: Hit, worker: str = "A1", assignment: str = "S1", submit_to: str = PRODUCTION, **more: str) -> str:
    """What Mechanical Turk's frame asks for."""
    asked = {"assignmentId": assignment, "hitId": hit.hit_id, "workerId": worker, "turkSubmitTo": submit_to, **more}
    return f"{reverse('mturk_hit', args=[hit.token])}?{urlencode(asked)}"


def token_on(page: Any) -> str:
    return forms(page.content.decode())[0].hidden[FIELD]


def start(client: Client, hit: Hit, worker: str = "A1", assignment: str = "S1") -> Any:
    """The first trial's page."""
    path = framed(hit, worker, assignment)
    return client.post(path, {**BOXES, FIELD: token_on(client.get(path))}, follow=True)


def rows() -> tuple[int, ...]:
    """How much there is of everything that a visit could make."""
    models = (Worker, Session, Trial, Vote)
    return (*(model.objects.count() for model in models), Place.objects.filter(free=False).count(), Place.objects.count())
